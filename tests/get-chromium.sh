#!/bin/sh
# Finds a Chromium for the browser tests, or installs one: Debian's where apt works, else Playwright's own.
set -eu
python=$1
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then found=$name; break; fi
done
if [ -z "${found:-}" ] && command -v apt-get >/dev/null 2>&1; then
    echo "== Installing chromium with apt"
    run=""; [ "$(id -u)" = 0 ] || run="sudo -n"
    if $run apt-get update && $run apt-get install -y --no-install-recommends chromium fonts-noto-cjk; then found=chromium; fi
fi
if [ -z "${found:-}" ]; then
    echo "== Installing Playwright's Chromium"
    "$python" -m playwright install chromium
fi
