//! The Yew component: holds the state, draws it, and runs effects.

use std::{pin::Pin, rc::Rc};

use wasm_bindgen_futures::spawn_local;
use web_sys::{HtmlDialogElement, HtmlElement};
use yew::prelude::*;

use crate::{
    browser::session::{self, Session},
    model::{Access, Action, Effect, Failure, Place, Screen, State, update},
    view,
};

/// What the app is mounted with.
#[derive(Clone, PartialEq, Properties)]
pub struct Properties {
    /// What was known when it was mounted.
    pub access: Access,
    /// The person's languages, the best first, joined by commas.
    pub languages: AttrValue,
    /// The world.
    pub session: Rc<Session>,
}

/// The app.
#[derive(Debug)]
pub struct App {
    state: State,
    dialog: NodeRef,
    heading: NodeRef,
    dispatch: Callback<Action>,
    /// What waits for the elements to be drawn.
    after_drawing: Vec<Place>,
}

impl Component for App {
    type Message = Action;
    type Properties = Properties;

    fn create(context: &yew::Context<Self>) -> Self {
        let Properties {
            access, languages, ..
        } = context.props();
        let (state, effects) = State::open(access.clone(), languages);
        let mut app = Self {
            state,
            dialog: NodeRef::default(),
            heading: NodeRef::default(),
            dispatch: context.link().callback(|action| action),
            after_drawing: Vec::new(),
        };
        app.run(context, effects);
        app
    }

    fn update(&mut self, context: &yew::Context<Self>, action: Action) -> bool {
        let (state, effects) = update(self.state.clone(), action);
        self.state = state;
        if matches!(self.state.screen(), Screen::Closed) {
            self.close(&context.props().session);
        }
        self.run(context, effects);
        // To compare the states first would take more bytes than to draw, which changes only what is different.
        true
    }

    fn view(&self, context: &yew::Context<Self>) -> Html {
        let edge = context.props().session.edge();
        view::dialog(
            &self.state,
            &self.dialog,
            &self.heading,
            &self.dispatch,
            edge,
        )
    }

    fn rendered(&mut self, context: &yew::Context<Self>, _first: bool) {
        if let Some(dialog) = self.dialog.cast::<HtmlDialogElement>()
            && !dialog.open()
        {
            context.props().session.show(&dialog);
        }
        for place in std::mem::take(&mut self.after_drawing) {
            let element = match place {
                Place::Heading => self.heading.cast::<HtmlElement>(),
                Place::Text(anchor) => context.props().session.element(&view::anchor_id(anchor)),
            };
            if let Some(element) = element {
                session::move_to(&element);
            }
        }
    }
}

impl App {
    fn run(&mut self, context: &yew::Context<Self>, effects: Vec<Effect>) {
        for effect in effects {
            let session = Rc::clone(&context.props().session);
            match effect {
                Effect::MoveTo(place) => self.after_drawing.push(place),
                Effect::Announce(announcement) => session.announce(&announcement),
                Effect::Save { name, text } => session.save(&name, &text),
                Effect::LoadEdition(id) => self.answer(async move {
                    session.edition(id).await.map(Rc::new).map(Action::Opened)
                }),
                Effect::Present(sending) => self.answer(async move {
                    session.present(*sending).await;
                    Ok(Action::Presented)
                }),
                Effect::Compare { token } => self.answer(async move {
                    let changes = session.changes(&token).await.ok();
                    Ok(Action::Compared(changes.map(Rc::new)))
                }),
                Effect::Send(sending) => {
                    self.answer(async move { session.send(*sending).await.map(Action::Answered) });
                }
                Effect::Refresh { token, renew } => {
                    self.answer(async move {
                        session.refresh(token, renew).await.map(Action::Refreshed)
                    });
                }
            }
        }
    }

    /// Waits for an effect and takes what came of it as the next action.
    fn answer(&self, effect: impl Future<Output = Result<Action, Failure>> + 'static) {
        let dispatch = self.dispatch.clone();
        // As an object, so that what follows is compiled once and not for each effect.
        let effect: Pin<Box<dyn Future<Output = _>>> = Box::pin(effect);
        spawn_local(async move {
            dispatch.emit(effect.await.unwrap_or_else(Action::Failed));
        });
    }

    /// Closes the dialog while it is still in the page: only so does focus return to where it was.
    fn close(&self, session: &Session) {
        if let Some(dialog) = self.dialog.cast::<HtmlDialogElement>() {
            session.hide(&dialog);
        }
    }
}
