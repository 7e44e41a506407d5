//! Native module of the Python package mdcloud.
