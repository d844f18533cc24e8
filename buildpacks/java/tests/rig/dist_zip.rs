//! Distributions with a start script.
