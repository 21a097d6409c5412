"""Builds the signal-processing extension; everything else is in pyproject.toml."""

from setuptools import setup

setup(cffi_modules=["boardsupport/dsp/build.py:ffi"])
