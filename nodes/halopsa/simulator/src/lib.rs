//! A HaloPSA to try and test against.
