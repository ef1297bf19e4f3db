//! What the tests across crates share: a running edge, a host that vouches for its users, and a device
//! that states things. All of it can be told to do wrong, which is what most tests are about.

pub mod browser;
pub mod device;
pub mod edge;
pub mod host;
pub mod host_page;
pub mod jose;
pub mod log;
pub mod person;
pub mod site;
pub mod stage;
pub mod steps;
pub mod visit;

pub use browser::{Browser, Screen};
pub use device::Device;
pub use edge::{Answer, Edge};
pub use host::Host;
pub use host_page::HostPage;
pub use person::Person;
pub use site::Site;
pub use stage::{Set, Stage};
pub use xtask::browsers::Engine;
