"""The commands of `sasaeai`, one module for each subject. Part of the front door: they may wire rooms together."""
