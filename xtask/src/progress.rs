//! One line per step: a spinner with the elapsed time on a terminal, plain lines elsewhere. All of it on standard error.

use std::io::IsTerminal;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// A step that is under way.
#[derive(Debug)]
pub struct Step {
    title: String,
    spinner: Option<ProgressBar>,
    started: Instant,
}

impl Step {
    /// Announces a step.
    #[must_use]
    pub fn start(title: &str) -> Self {
        let spinner = std::io::stderr().is_terminal().then(|| {
            let spinner = SPINNERS.add(
                ProgressBar::new_spinner()
                    .with_style(spinner_style())
                    .with_prefix(title.to_owned()),
            );
            spinner.enable_steady_tick(Duration::from_millis(100));
            spinner
        });
        if spinner.is_none() {
            say(&format!("… {title}"));
        }
        Self {
            title: title.to_owned(),
            spinner,
            started: now(),
        }
    }

    /// Shows what the step is busy with, where there is a spinner to show it beside.
    pub fn detail(&self, line: &str) {
        if let Some(spinner) = &self.spinner {
            spinner.set_message(line.trim().to_owned());
        }
    }

    /// Reports that the step is done, and how long it took.
    pub fn done(self) {
        self.end('✓');
    }

    /// Reports that the step failed.
    pub fn failed(self) {
        self.end('✗');
    }

    /// Reports that the step is not possible here, which is no failure.
    pub fn abandoned(self) {
        self.end('–');
    }

    fn end(self, mark: char) {
        if let Some(spinner) = &self.spinner {
            spinner.finish_and_clear();
        }
        let seconds = self.started.elapsed().as_secs_f32();
        say(&format!("{mark} {} ({seconds:.1} s)", self.title));
    }
}

/// Says something between steps.
pub fn note(text: &str) {
    say(&format!("· {text}"));
}

/// Writes a line, above the spinners of what is under way.
pub fn say(text: &str) {
    SPINNERS.suspend(|| eprintln!("{text}"));
}

/// Those of all steps that are under way: there can be several.
static SPINNERS: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// The instant it is: the one place that asks.
#[expect(
    clippy::disallowed_methods,
    reason = "a tool that waits for processes and reports how long they took needs a real clock"
)]
#[must_use]
pub fn now() -> Instant {
    Instant::now()
}

fn spinner_style() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {prefix} ({elapsed}) {wide_msg:.dim}")
        .expect("the template is well formed")
}
