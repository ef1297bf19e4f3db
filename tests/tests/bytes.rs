//! What the edge serves to everybody: the loader, in quiet times and while an edition's clock runs.

use anyhow::Result;
use kelisim_tests::{Edge, steps::publish_change};
use xtask::sizes;

#[test]
fn the_loader_carries_a_notice_while_it_is_news_and_nothing_else() -> Result<()> {
    let edge = Edge::start()?;
    let first = edge.edition()?.id().to_string();
    let quiet = edge.get("/kelisim.js")?;
    assert_eq!(quiet.status, 200);
    assert!(quiet.header("content-type").starts_with("text/javascript"));
    assert_eq!(quiet.header("cross-origin-resource-policy"), "cross-origin");
    let quiet = quiet.text()?.to_owned();
    assert!(
        quiet.contains(&first[..12]) && !quiet.contains("<section"),
        "{quiet}"
    );

    let new = edge.get("/kelisim.js?standing=new&lang=ru")?;
    let new = new.text()?;
    for expected in [
        first.as_str(),
        "<dialog",
        "Зачем обрабатываются данные",
        "Принять редакцию",
        "\"is_new\":true",
    ] {
        assert!(new.contains(expected), "{expected} in {new}");
    }
    assert!(!new.contains("<article"), "the text follows");
    let other = edge.get("/kelisim.js?standing=pending")?;
    assert_eq!(other.status, 400, "that is for the edge to know");

    let deadline = pollster::block_on(publish_change(&edge))?;
    let carrying = edge.get("/kelisim.js?lang=ru")?;
    let carrying = carrying.text()?;
    for expected in [
        &edge.edition()?.id().to_string()[..12],
        "<section",
        "Срок хранения данных указан точнее",
        "Принять редакцию",
    ] {
        assert!(carrying.contains(expected), "{expected} in {carrying}");
    }
    assert!(
        edge.get("/kelisim.js?lang=kk")?
            .text()?
            .contains("Редакцияны қабылдау")
    );
    // `cargo xtask sizes` holds it against its budget.
    let file = sizes::carrying_loader();
    std::fs::create_dir_all(file.parent().expect("it is in a folder"))?;
    std::fs::write(file, carrying)?;

    edge.set_clock(&deadline.instant().to_string())?;
    assert!(
        edge.get("/kelisim.js")?.text()?.contains("<dialog"),
        "it blocks the page from then on"
    );
    let month = deadline.instant().unix_milliseconds() + 31 * 24 * 60 * 60 * 1000;
    let month = kelisim_shared::time::Timestamp::from_unix_milliseconds(month)?;
    edge.set_clock(&month.to_string())?;
    let later = edge.get("/kelisim.js")?;
    assert!(!later.text()?.contains("<dialog"), "everybody has seen it");
    Ok(())
}
