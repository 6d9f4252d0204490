// A seeder in Rust, without crates: two rows of customer.  The structs are those of <seedbed/abi.h>.
#![crate_type = "cdylib"]

use std::os::raw::{c_char, c_void};

const ABI_VERSION: u32 = 1;
const OK: i32 = 0;
const FAILED: i32 = 1;
const TEXT: i32 = 4;
const INSERT_MISSING: i32 = 0;
const COLUMN_PLAIN: i32 = 0;

#[repr(C)]
#[derive(Clone, Copy)]
struct Text {
    data: *const c_char,
    size: usize,
}

#[repr(C)]
struct Value {
    kind: i32,
    size: u32,
    data: *const c_char, // the union's widest members are eight bytes, as a pointer is
}

#[repr(C)]
struct Column {
    name: Text,
    kind: i32,
    reserved: i32,
}

#[repr(C)]
struct Writer {
    struct_size: u32,
    mode: i32,
    table: Text,
    columns: *const Column,
    column_count: usize,
    key: *const Text,
    key_count: usize,
}

// The first members of seedbed_host: what this seeder does not call need not be spelt out.
#[repr(C)]
struct Host {
    struct_size: u32,
    abi_version: u32,
    ctx: *mut c_void,
    open_writer: extern "C" fn(*mut c_void, *const Writer, *mut u32) -> i32,
    write_rows: extern "C" fn(*mut c_void, u32, *const Value, usize) -> i32,
}

#[repr(C)]
struct Record<const N: usize> {
    magic: [u8; 8],
    abi_version: u32,
    length: u32,
    text: [u8; N],
}

#[repr(C)]
struct Seeder {
    struct_size: u32,
    reserved: u32,
    record: *const c_void,
    seed: extern "C" fn(*const c_void, *const Host) -> i32,
}

#[repr(C)]
struct Plugin {
    struct_size: u32,
    abi_version: u32,
    seeders: *const &'static Seeder,
    seeder_count: usize,
}

unsafe impl Sync for Seeder {}
unsafe impl Sync for Plugin {}

const DECLARATION: &str = "name = \"plain_rust\"\nversion = \"1.0.0\"\ntier = \"production\"\nwrites = [\"customer\"]\n";

const fn bytes<const N: usize>(text: &str) -> [u8; N] {
    let mut result = [0; N];
    let mut i = 0;
    while i < N {
        result[i] = text.as_bytes()[i];
        i += 1;
    }
    result
}

#[repr(C, align(8))]
struct Aligned<T>(T);

// What the host reads before it runs any of this.
#[used]
#[link_section = "seedbed"]
static RECORD: Aligned<Record<{ DECLARATION.len() }>> = Aligned(Record {
    magic: *b"SEEDBED\x1a",
    abi_version: ABI_VERSION,
    length: DECLARATION.len() as u32,
    text: bytes(DECLARATION),
});

fn text(words: &'static str) -> Text {
    Text { data: words.as_ptr().cast(), size: words.len() }
}

fn value(words: &'static str) -> Value {
    Value { kind: TEXT, size: words.len() as u32, data: words.as_ptr().cast() }
}

fn write(host: &Host) -> i32 {
    let columns = [
        Column { name: text("email"), kind: COLUMN_PLAIN, reserved: 0 },
        Column { name: text("name"), kind: COLUMN_PLAIN, reserved: 0 },
    ];
    let key = [text("email")];
    let writer = Writer {
        struct_size: std::mem::size_of::<Writer>() as u32,
        mode: INSERT_MISSING,
        table: text("customer"),
        columns: columns.as_ptr(),
        column_count: columns.len(),
        key: key.as_ptr(),
        key_count: key.len(),
    };
    let rows = [
        value("ferris@example.test"), value("Ferris"),
        value("graydon@example.test"), value("Graydon"),
    ];

    let mut id = 0;
    match (host.open_writer)(host.ctx, &writer, &mut id) {
        OK => (host.write_rows)(host.ctx, id, rows.as_ptr(), rows.len() / columns.len()),
        refused => refused,
    }
}

// A panic must not cross the boundary: it would end the host.
extern "C" fn seed(_run: *const c_void, host: *const Host) -> i32 {
    let host = unsafe { &*host };
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| write(host))).unwrap_or(FAILED)
}

static SEEDER: Seeder = Seeder {
    struct_size: std::mem::size_of::<Seeder>() as u32,
    reserved: 0,
    record: &RECORD as *const _ as *const c_void,
    seed,
};
static SEEDERS: [&Seeder; 1] = [&SEEDER];
static PLUGIN: Plugin = Plugin {
    struct_size: std::mem::size_of::<Plugin>() as u32,
    abi_version: ABI_VERSION,
    seeders: SEEDERS.as_ptr(),
    seeder_count: 1,
};

#[no_mangle]
extern "C" fn seedbed_plugin_entry() -> *const Plugin {
    &PLUGIN
}
