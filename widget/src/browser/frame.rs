//! The notice in the page: the element that the edge rendered, with the app's place in it.
//!
//! Its content stays the same nodes while the app takes over, so that nobody loses the line that they were reading, the
//! element that has the focus, or what they had unfolded.

use std::{cell::RefCell, rc::Rc};

use gloo_events::{EventListener, EventListenerOptions, EventListenerPhase};
use kelisim_shared::{language::Language, statement::Shown};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlDialogElement, HtmlElement, KeyboardEvent, ShadowRoot};
use yew::Callback;

use crate::{
    i18n::Messages,
    model::{Action, Content},
};

/// The notice in the page.
#[derive(Debug)]
pub struct Frame {
    root: ShadowRoot,
    /// `[part=dialog]`.
    element: RefCell<Element>,
    /// Where the app draws: inside the element, and moved along when that is replaced.
    place: Element,
    /// What was loaded last, and is not on the screen yet.
    next: RefCell<Option<Element>>,
}

impl Frame {
    /// Takes over what is in the shadow root.
    ///
    /// # Errors
    /// There is no notice in it.
    pub fn adopt(root: ShadowRoot) -> Result<Self, JsValue> {
        // What somebody looks up meanwhile is a dialog of its own.
        let element = root.query_selector("[part=dialog]:not([data-account])")?;
        let element = element.ok_or("there is no notice")?;
        let document = root.owner_document().ok_or(JsValue::NULL)?;
        let place = document.create_element("div")?;
        place.set_class_name("live");
        element.append_child(&place)?;
        Ok(Self {
            root,
            element: RefCell::new(element),
            place,
            next: RefCell::default(),
        })
    }

    /// Where the app draws.
    #[must_use]
    pub const fn place(&self) -> &Element {
        &self.place
    }

    /// The notice on the screen, by its attributes.
    #[must_use]
    pub fn content(&self) -> Option<Content> {
        described(&self.element.borrow())
    }

    /// Keeps a notice to be shown next, and describes it.
    #[must_use]
    pub fn keep(&self, notice: Element) -> Option<Content> {
        let content = described(&notice);
        self.next.replace(content.is_some().then_some(notice));
        content
    }

    /// Shows what was kept, with the app's place moved into it.
    ///
    /// # Errors
    /// The browser refuses to move an element.
    pub fn show_next(&self) -> Result<(), JsValue> {
        let Some(next) = self.next.take() else {
            return Ok(());
        };
        let focused = self.focused();
        let current = self.element.borrow().clone();
        rendered_footer(&next).inspect(Element::remove);
        let is_page = current.class_name() == "frame page";
        if is_page || next.tag_name() == current.tag_name() {
            // The dialog stays open, and its place in the page is the same; a page of its own stays one.
            let [old, new] = [&current, &next].map(|element| child_part(element, "content"));
            if let (Some(old), Some(new)) = (old, new) {
                old.replace_with_with_node_1(&new)?;
            }
            if let Some(language) = next.get_attribute("lang") {
                current.set_attribute("lang", &language)?;
            }
        } else {
            next.append_child(&self.place)?;
            current.replace_with_with_node_1(&next)?;
            self.element.replace(next);
            self.open();
        }
        self.focus(focused.as_deref());
        Ok(())
    }

    /// Opens the dialog over the page, if it is one and is not open.
    pub fn open(&self) {
        if let Ok(dialog) = self
            .element
            .borrow()
            .clone()
            .dyn_into::<HtmlDialogElement>()
            && !dialog.open()
        {
            // It fails where the element was taken out of the page meanwhile: then there is nothing to show.
            let _ = dialog.show_modal();
        }
    }

    /// Closes the dialog while it is still in the page, so that focus returns to where it was; and takes it out.
    pub fn close(&self) {
        let element = self.element.borrow();
        if let Some(dialog) = element.dyn_ref::<HtmlDialogElement>() {
            dialog.close();
        }
        element.remove();
    }

    /// Takes away the footer that the edge rendered, now that the app has drawn its own. Focus stays where it was.
    pub fn take_over(&self) {
        let Some(footer) = rendered_footer(&self.element.borrow()) else {
            return;
        };
        let focused = self.focused();
        footer.remove();
        self.focus(focused.as_deref());
    }

    /// Takes away what there was to read, before a receipt is shown in its place.
    pub fn clear(&self) {
        let _ = child_part(&self.element.borrow(), "content").inspect(Element::remove);
    }

    /// Lets the browser close the dialog without an answer, or not.
    pub fn let_close(&self, can_close: bool) {
        let value = if can_close { "closerequest" } else { "none" };
        let _ = self.element.borrow().set_attribute("closedby", value);
    }

    /// Moves focus and view to the heading.
    pub fn move_to_heading(&self) {
        self.move_to("title");
    }

    /// Tells the app what is pressed in the content, and that the dialog was closed. Escape is no answer where one is needed:
    /// to refuse `cancel` is not enough, since browsers that do not know `closedby` yet let the second Escape through.
    pub fn listen(self: &Rc<Self>, dispatch: &Callback<Action>) -> [EventListener; 4] {
        let on = |name: &'static str, act: fn(&Self, &Event, &Element, &Callback<Action>)| {
            let (frame, dispatch) = (Rc::clone(self), dispatch.clone());
            // Those of dialogs do not bubble, but come by on their way down.
            let options = EventListenerOptions {
                phase: EventListenerPhase::Capture,
                passive: false,
            };
            EventListener::new_with_options(&self.root, name, options, move |event| {
                // What somebody looks up meanwhile has events of its own, and they are no answer to this.
                let target: Option<Element> =
                    event.target().and_then(|target| target.dyn_into().ok());
                if let Some(target) = target
                    && frame.element.borrow().contains(Some(&target))
                {
                    act(&frame, event, &target, &dispatch);
                }
            })
        };
        [
            on("click", Self::on_click),
            on("close", |_, _, _, dispatch| {
                dispatch.emit(Action::Dismissed);
            }),
            on("cancel", |frame, event, _, _| frame.hold(event)),
            on("keydown", |frame, event, _, _| {
                let key = event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key);
                if key.is_some_and(|key| key == "Escape") {
                    frame.hold(event);
                }
            }),
        ]
    }

    fn hold(&self, event: &Event) {
        let closed_by = self.element.borrow().get_attribute("closedby");
        if closed_by.is_some_and(|closed_by| closed_by == "none") {
            event.prevent_default();
        }
    }

    fn on_click(&self, event: &Event, target: &Element, dispatch: &Callback<Action>) {
        let closest = |selector| target.closest(selector).ok()?;
        let attribute = |element: Element, name| element.get_attribute(name);
        if let Some(id) = closest("[data-jump]").and_then(|button| attribute(button, "data-jump")) {
            self.move_to(&id);
        } else if let Some(code) =
            closest("[name=lang]").and_then(|button| attribute(button, "value"))
            && let Ok(language) = code.parse()
        {
            event.prevent_default();
            dispatch.emit(Action::ChooseLanguage(language));
        }
    }

    fn move_to(&self, id: &str) {
        if let Some(element) = self.root.get_element_by_id(id)
            && let Some(element) = element.dyn_ref::<HtmlElement>()
        {
            element.scroll_into_view();
            // Nothing but a host's own `focus` could throw, and the view has moved.
            let _ = element.focus();
        }
    }

    /// A selector of what has the focus, where that is one of the buttons that are drawn anew.
    fn focused(&self) -> Option<String> {
        let element = self.root.active_element()?;
        if let Some(part) = element.get_attribute("part") {
            return Some(["[part=", &part, "]"].concat());
        }
        let language = element.get_attribute("value")?;
        Some(["[value=", &language, "]"].concat())
    }

    fn focus(&self, selector: Option<&str>) {
        if let Some(selector) = selector
            && let Ok(Some(element)) = self.root.query_selector(selector)
            && let Some(element) = element.dyn_ref::<HtmlElement>()
        {
            let _ = element.focus();
        }
    }
}

/// Describes a rendered notice by the attributes of its content.
fn described(element: &Element) -> Option<Content> {
    let content = child_part(element, "content")?;
    let attribute = |name| content.get_attribute(name);
    let interface_language: Language = element.get_attribute("lang")?.parse().ok()?;
    Some(Content {
        edition: attribute("data-edition")?.parse().ok()?,
        shown: Shown {
            language: attribute("data-text")?.parse().ok()?,
            text_sha256: attribute("data-sha256")?.parse().ok()?,
            interface_language,
        },
        standing: attribute("data-standing")?,
        messages: Messages::of_lines(&attribute("data-messages")?)?.into(),
    })
}

/// The footer that came with the notice: the app's own is inside of its place.
fn rendered_footer(element: &Element) -> Option<Element> {
    element.query_selector(":scope > footer").ok().flatten()
}

fn child_part(element: &Element, name: &str) -> Option<Element> {
    element
        .query_selector(&[":scope > [part=", name, "]"].concat())
        .ok()
        .flatten()
}
