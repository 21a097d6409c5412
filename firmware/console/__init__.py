"""The technician's console: on the serial port, and as `nightporter console`."""
