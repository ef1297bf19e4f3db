//! Everything that is tested across crates, in one program: each of its own would be linked for seconds.

mod browser;
mod bytes;
mod consent_form;
mod contract;
mod deadlines;
mod diffs;
mod durability;
mod editions;
mod engines;
mod exports;
mod faults;
mod histories;
mod hosts;
mod http;
mod jose;
mod life;
mod limits;
mod loader;
mod log;
mod offline;
mod openapi;
mod preview;
mod production;
mod properties;
mod staff;
mod statements;
mod states;
mod uses;
mod witness;

#[test]
fn no_file_is_left_out() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let module = format!("mod {};", name.trim_end_matches(".rs"));
        assert!(
            name == "main.rs" || include_str!("main.rs").contains(&module),
            "{name}"
        );
    }
}
