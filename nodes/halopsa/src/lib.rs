//! HaloPSA Complete: descriptor data, constraints, hooks.
