//! `WebKitGTK`'s `MiniBrowser` in a window on an X server of its own; what the person prefers is set before it starts.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use thirtyfour::Capabilities;
use xtask::group::Group;

use super::{Launch, Screen};

pub(super) fn launch(mut driver: Command, profile: &Path, screen: Screen) -> Result<Launch> {
    let settings = profile.join("gtk-3.0");
    fs::create_dir(&settings)?;
    fs::write(settings.join("settings.ini"), SETTINGS)?;
    fs::write(settings.join("gtk.css"), FRAME_STYLE)?;
    let display = Display::start()?;
    let theme = if screen.is_dark {
        "Adwaita:dark"
    } else {
        "Adwaita"
    };
    driver
        .env("DISPLAY", &display.name)
        .env("GDK_BACKEND", "x11")
        .env("GDK_SCALE", screen.scale().to_string())
        .env("GTK_THEME", theme)
        .env("NO_AT_BRIDGE", "1") // nobody listens to it
        .env("HOME", profile)
        .env("XDG_CONFIG_HOME", profile)
        .env("XDG_CACHE_HOME", profile)
        .env("XDG_DATA_HOME", profile);
    Ok(Launch {
        driver,
        capabilities: Capabilities::new(),
        display: Some(display),
    })
}

/// An X server without a screen to look at.
pub(super) struct Display {
    server: Group,
    name: String,
}

impl Display {
    fn start() -> Result<Self> {
        let mut command = Command::new("Xvfb");
        // It takes a display that is free, and prints its number once it is there.
        command.args(["-displayfd", "1", "-nolisten", "tcp"]).args([
            "-screen",
            "0",
            "1600x2000x24",
        ]);
        let mut server = Group::start(&command, Stdio::piped(), Stdio::null())
            .context("Xvfb cannot be started")?;
        let number = server.first_line()?;
        ensure!(!number.is_empty(), "Xvfb is missing or did not start");
        Ok(Self {
            server,
            name: format!(":{number}"),
        })
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // In good order, so that it removes its lock.
        let _ = self.server.terminate(Duration::from_secs(2));
    }
}

const SETTINGS: &str = "[Settings]\ngtk-enable-animations=0\n"; // what moves cannot be compared

/// With its buttons as they are, `MiniBrowser` cannot be as narrow as a telephone.
const FRAME_STYLE: &str = "
    button, entry { padding: 0; min-width: 0; margin: 0; border: 0; font-size: 1px }
    image { -gtk-icon-source: none; min-width: 0 }
";
