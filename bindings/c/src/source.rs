//! What is scanned

use std::io::{self, Read};
use std::os::raw::{c_char, c_void};

use mdcloud_core::{Result, Source};

use crate::guard::give;

/// What is scanned: a file, bytes in memory, or a stream. May be used for several calls, and by several
/// threads; a stream only once, as it cannot be rewound.
pub struct mdcloud_source {
    pub(crate) source: Source,
}

/// Reads up to `size` bytes of a stream to `buffer` and returns how many, 0 at the end. After a failure it
/// returns -1, or a negative errno such as `-EIO`: the call then ends with MDCLOUD_STATUS_IO.
/// Runs on the thread of the call, or in mdcloud_client_file_scan_many on one of the library's, and must not
/// throw or jump out.
pub type mdcloud_read_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, buffer: *mut u8, size: usize) -> i64>;

/// A file, read when a call needs it, never held in memory whole. Of its path only the last part is sent.
/// NULL if `path` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_source_path(path: *const c_char) -> *mut mdcloud_source {
    guard_value!(std::ptr::null_mut(), { made(|| Ok(Source::path(path!(path)))) })
}

/// A copy of `length` bytes. NULL if `data` is NULL and `length` is not 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_source_bytes(data: *const c_void, length: usize) -> *mut mdcloud_source {
    guard_value!(std::ptr::null_mut(), {
        let data: *const u8 = data.cast();
        made(|| Ok(Source::bytes(slice!(data, length))))
    })
}

/// A stream of exactly `length` bytes; one that turns out shorter or longer is not scanned. `user_data`
/// must live until the source is freed. NULL if `read` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_source_reader(
    read: mdcloud_read_fn,
    user_data: *mut c_void,
    length: u64,
) -> *mut mdcloud_source {
    guard_value!(std::ptr::null_mut(), {
        match read {
            Some(read) => {
                made(|| Ok(Source::reader(Callback { read, user_data: UserData(user_data) }, length)))
            }
            None => std::ptr::null_mut(),
        }
    })
}

/// Frees the source; NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_source_free(source: *mut mdcloud_source) {
    guard_free!(source)
}

fn made(make: impl FnOnce() -> Result<Source>) -> *mut mdcloud_source {
    make().map_or(std::ptr::null_mut(), |source| give(mdcloud_source { source }))
}

/// A pointer of the caller's that comes back to the caller's own function.
#[derive(Clone, Copy)]
pub(crate) struct UserData(pub(crate) *mut c_void);

// SAFETY: we never look behind it. The callback runs on the thread of the call, and by the header's rules
// what it does with its data is right for every thread that the caller calls from.
unsafe impl Send for UserData {}
// SAFETY: as above.
unsafe impl Sync for UserData {}

struct Callback {
    read: unsafe extern "C" fn(*mut c_void, *mut u8, usize) -> i64,
    user_data: UserData,
}

impl Read for Callback {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        // SAFETY: by the header's rules the function takes a buffer of this size and the caller's own data.
        let count = unsafe { (self.read)(self.user_data.0, room.as_mut_ptr(), room.len()) };
        match (usize::try_from(count), i32::try_from(count)) {
            (Ok(count), _) if count <= room.len() => Ok(count),
            (Ok(_), _) => Err(io::Error::other("the read function gave more bytes than were asked for")),
            (Err(_), Ok(errno)) if errno < -1 && errno > i32::MIN => {
                Err(io::Error::from_raw_os_error(-errno))
            }
            _ => Err(io::Error::other("the read function failed")),
        }
    }
}
