//! The memory of one engine: counted, limited, and remembered when the limit was met.
//!
//! JavaScript can catch the error of a failed allocation, and QuickJS may be left in a state that is not to be trusted;
//! so the evaluator asks here, not there, whether a context has to go.

use std::cell::Cell;
use std::rc::Rc;

use rquickjs::allocator::{Allocator, RustAllocator};

/// What an engine's memory has come to.
#[derive(Debug)]
pub(crate) struct Memory {
    limit: Cell<usize>,
    used: Cell<usize>,
    exhausted: Cell<bool>,
}

impl Memory {
    pub(crate) fn new() -> Rc<Self> {
        Rc::new(Self { limit: Cell::new(usize::MAX), used: Cell::new(0), exhausted: Cell::new(false) })
    }

    /// Limits what may be in use.
    pub(crate) fn limit(&self, bytes: usize) {
        self.limit.set(bytes);
    }

    /// Bytes in use.
    pub(crate) fn used(&self) -> usize {
        self.used.get()
    }

    /// Whether an allocation has failed.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.exhausted.get()
    }

    fn has_room(&self, bytes: usize) -> bool {
        let fits = self.used.get().checked_add(bytes).is_some_and(|used| used <= self.limit.get());
        if !fits {
            self.exhausted.set(true);
        }
        fits
    }
}

/// An allocator that keeps to a [`Memory`].
pub(crate) struct Bounded {
    memory: Rc<Memory>,
    inner: RustAllocator,
}

impl Bounded {
    pub(crate) fn new(memory: &Rc<Memory>) -> Self {
        Self { memory: Rc::clone(memory), inner: RustAllocator }
    }
}

#[allow(unsafe_code)]
// SAFETY: every pointer comes from, and goes back to, rquickjs's own allocator; this one only refuses some requests,
// with the null pointer that the trait allows.
unsafe impl Allocator for Bounded {
    fn alloc(&mut self, size: usize) -> *mut u8 {
        if !self.memory.has_room(size) {
            return std::ptr::null_mut();
        }
        let made = self.inner.alloc(size);
        self.added(made)
    }

    fn calloc(&mut self, count: usize, size: usize) -> *mut u8 {
        if !count.checked_mul(size).is_some_and(|bytes| self.memory.has_room(bytes)) {
            return std::ptr::null_mut();
        }
        let made = self.inner.calloc(count, size);
        self.added(made)
    }

    unsafe fn dealloc(&mut self, ptr: *mut u8) {
        if ptr.is_null() {
            return;
        }
        // SAFETY: the caller's promise that this allocator made the pointer.
        unsafe {
            self.memory.used.set(self.memory.used.get().saturating_sub(RustAllocator::usable_size(ptr)));
            self.inner.dealloc(ptr);
        }
    }

    unsafe fn realloc(&mut self, ptr: *mut u8, new_size: usize) -> *mut u8 {
        if ptr.is_null() {
            return self.alloc(new_size);
        }
        // SAFETY: the caller's promise that this allocator made the pointer.
        unsafe {
            let before = RustAllocator::usable_size(ptr);
            if new_size > before && !self.memory.has_room(new_size - before) {
                return std::ptr::null_mut();
            }
            let moved = self.inner.realloc(ptr, new_size);
            if !moved.is_null() {
                let after = RustAllocator::usable_size(moved);
                self.memory.used.set(self.memory.used.get().saturating_sub(before) + after);
            }
            moved
        }
    }

    unsafe fn usable_size(ptr: *mut u8) -> usize {
        // SAFETY: the caller's promise that this allocator made the pointer.
        unsafe { RustAllocator::usable_size(ptr) }
    }
}

impl Bounded {
    #[allow(unsafe_code)]
    fn added(&self, ptr: *mut u8) -> *mut u8 {
        if !ptr.is_null() {
            // SAFETY: the pointer was made by the same allocator right before.
            let size = unsafe { RustAllocator::usable_size(ptr) };
            self.memory.used.set(self.memory.used.get() + size);
        }
        ptr
    }
}
