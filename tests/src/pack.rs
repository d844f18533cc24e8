//! The real pack and a real engine.
