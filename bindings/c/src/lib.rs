//! C ABI of mdcloud.
