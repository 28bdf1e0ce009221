//! Machine code in memory that may be run.

// The only place where bytes written at run time are called.
#![allow(unsafe_code)]

use memmap2::{Mmap, MmapMut};

/// A routine in memory that may be run and not written.
#[derive(Debug)]
pub(crate) struct Machine {
    code: Mmap,
}

/// Cells, rows, shared numbers, what is watched, constants, steps.
type Entry = unsafe extern "sysv64" fn(*mut u8, *const u8, *const u8, *mut u8, *const u8, u64);

impl Machine {
    /// Code ready to run; `None` where the system does not allow it.
    pub(crate) fn new(bytes: &[u8]) -> Option<Machine> {
        let mut map = MmapMut::map_anon(bytes.len()).ok()?;
        map.copy_from_slice(bytes);
        Some(Machine { code: map.make_exec().ok()? })
    }

    /// Runs `steps` steps, at least one.
    ///
    /// # Safety
    /// The code was written by [`super::write`] for numbers of type T and for a processor level
    /// that this processor has; the slices are as long as that routine reads and writes in so many
    /// steps.
    pub(crate) unsafe fn run<T>(
        &self,
        cells: &mut [T],
        rows: &[T],
        shared: &[T],
        watched: &mut [T],
        constants: &[T],
        steps: u64,
    ) {
        // SAFETY: the map begins with a function of this type: `write` makes no other.
        let entry: Entry = unsafe { std::mem::transmute(self.code.as_ptr()) };
        // SAFETY: what the caller promises; vector registers and the general registers that the
        // code uses belong to the called function under this calling convention.
        unsafe {
            entry(
                cells.as_mut_ptr().cast(),
                rows.as_ptr().cast(),
                shared.as_ptr().cast(),
                watched.as_mut_ptr().cast(),
                constants.as_ptr().cast(),
                steps.max(1),
            );
        }
    }
}
