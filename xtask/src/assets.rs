//! The static assets: what is in `www/public`, the scripts, the widget, and in preview the pages of the preview.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::environment::Environment;
use crate::root;

/// Gathers the assets of an environment, with the widget and the scripts that lie in those folders.
///
/// # Errors
/// When a file cannot be read or written.
pub fn gather(environment: Environment, widget: &Path, scripts: &Path) -> Result<()> {
    let www = root().join("www");
    let mut files = Files::default();
    files.add_folder("", &www.join("public"))?;
    if environment == Environment::Preview {
        files.add_folder("demo", &www.join("demo"))?;
        files.add_folder("preview", &www.join("preview"))?;
        files.add("_headers", www.join("preview.headers"));
    }
    files.add_folder("", scripts)?;
    files.add_folder("widget", widget)?;
    files.mirror(&environment.assets_folder())
}

/// The files that a folder shall hold, each with where its parts come from.
#[derive(Debug, Default)]
pub struct Files(BTreeMap<PathBuf, Vec<PathBuf>>);

impl Files {
    /// Adds a file under a path relative to the folder. Where there is one already, it is joined to its end.
    pub fn add(&mut self, path: impl Into<PathBuf>, source: PathBuf) {
        self.0.entry(path.into()).or_default().push(source);
    }

    /// Adds everything in the folder `source` under a path relative to the folder.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn add_folder(&mut self, path: impl AsRef<Path>, source: &Path) -> Result<()> {
        for relative in files_in(source)? {
            self.add(path.as_ref().join(&relative), source.join(&relative));
        }
        Ok(())
    }

    /// Makes `folder` hold these files and no others. Files that are the same already stay untouched, so that a running
    /// server notices changes only.
    ///
    /// # Errors
    /// When a file cannot be read, written or removed.
    pub fn mirror(&self, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder)?;
        for stale in files_in(folder)?
            .iter()
            .filter(|path| !self.0.contains_key(*path))
        {
            fs::remove_file(folder.join(stale))?;
        }
        for (path, sources) in &self.0 {
            let mut content = Vec::new();
            for source in sources {
                content.extend(
                    fs::read(source)
                        .with_context(|| format!("cannot read {}", source.display()))?,
                );
            }
            let path = folder.join(path);
            if fs::read(&path).is_ok_and(|present| present == content) {
                continue;
            }
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(&path, content)
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }
}

/// The files in a folder and in those below it, as paths relative to it.
pub(crate) fn files_in(folder: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut files = BTreeSet::new();
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = PathBuf::from(entry.file_name());
        if entry.file_type()?.is_dir() {
            files.extend(
                files_in(&entry.path())?
                    .iter()
                    .map(|below| name.join(below)),
            );
        } else {
            files.insert(name);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirrored_folder_holds_the_files_and_no_others() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let source = folder.path().join("source");
        fs::create_dir_all(source.join("below"))?;
        fs::write(source.join("below/kept"), "new")?;
        fs::write(source.join("more"), ", and more")?;
        let output = folder.path().join("output");
        fs::create_dir_all(output.join("widget"))?;
        fs::write(output.join("widget/stale"), "stale")?;

        let mut files = Files::default();
        files.add_folder("widget", &source.join("below"))?;
        files.add("widget/kept", source.join("more"));
        files.mirror(&output)?;

        assert_eq!(
            files_in(&output)?,
            BTreeSet::from([PathBuf::from("widget/kept")])
        );
        let kept = fs::read_to_string(output.join("widget/kept"))?;
        assert_eq!(kept, "new, and more");
        Ok(())
    }
}
