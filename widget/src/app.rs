//! The Yew component: holds the state, draws what is alive of it, and runs effects.

use std::rc::Rc;

use gloo_events::EventListener;
use gloo_timers::callback::Interval;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{
    browser::{dom::window, session::Session},
    model::{Access, Action, Content, Effect, Pressed, Screen, State},
    view,
};

/// What the app is mounted with.
#[derive(Clone, PartialEq, Properties)]
pub struct Properties {
    /// What was known when it was mounted.
    pub access: Access,
    /// What is on the screen.
    pub content: Content,
    /// What was pressed there.
    pub pressed: Option<Pressed>,
    /// The world.
    pub session: Rc<Session>,
}

/// The app.
#[derive(Debug)]
pub struct App {
    state: State,
    dispatch: Callback<Action>,
    /// Whether the heading is to be moved to once the elements are drawn.
    heads: bool,
    _listeners: Vec<EventListener>,
    _clock: Interval,
}

impl Component for App {
    type Message = Action;
    type Properties = Properties;

    fn create(context: &yew::Context<Self>) -> Self {
        let Properties {
            access,
            content,
            pressed,
            session,
        } = context.props();
        let (state, effects) = State::open(access.clone(), content.clone(), *pressed);
        let dispatch = context.link().callback(|action| action);
        let mut listeners = Vec::from(session.frame().listen(&dispatch));
        listeners.push({
            let dispatch = dispatch.clone();
            EventListener::new(&window(), "online", move |_| dispatch.emit(Action::Online))
        });
        let tick = {
            let (session, dispatch) = (Rc::clone(session), dispatch.clone());
            move || {
                if let Some(now) = session.now() {
                    dispatch.emit(Action::Tick(now));
                }
            }
        };
        tick();
        let mut app = Self {
            state,
            dispatch,
            heads: false,
            _listeners: listeners,
            _clock: Interval::new(TICK, tick),
        };
        app.run(session, effects);
        app
    }

    fn update(&mut self, context: &yew::Context<Self>, action: Action) -> bool {
        let effects = self.state.take(action);
        let session = &context.props().session;
        match self.state.screen() {
            Screen::Notice(_) => {}
            Screen::Receipt(..) => session.frame().clear(),
            Screen::Left(_) => session.frame().close(),
            Screen::Closed => session.close(),
        }
        self.run(session, effects);
        // To compare the states first would take more bytes than to draw, which changes only what is different.
        true
    }

    fn view(&self, context: &yew::Context<Self>) -> Html {
        view::live(&self.state, &self.dispatch, context.props().session.edge())
    }

    fn rendered(&mut self, context: &yew::Context<Self>, first: bool) {
        let frame = context.props().session.frame();
        if first {
            frame.take_over();
            // Before there was anybody to hold it, the browser may have closed it.
            if matches!(self.state.screen(), Screen::Notice(_)) {
                frame.open();
            }
        }
        frame.let_close(self.state.can_close());
        if std::mem::take(&mut self.heads) {
            frame.open();
            frame.move_to_heading();
        }
    }
}

impl App {
    fn run(&mut self, session: &Rc<Session>, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Show => {
                    // What cannot be shown leaves what was there.
                    let _ = session.frame().show_next();
                }
                Effect::Head => self.heads = true,
                Effect::Announce(announcement) => session.announce(&announcement),
                effect => {
                    let (session, dispatch) = (Rc::clone(session), self.dispatch.clone());
                    // One future for all effects: each of its own would bring the code of a future along.
                    spawn_local(async move {
                        if let Some(action) = session.perform(effect).await {
                            dispatch.emit(action);
                        }
                    });
                }
            }
        }
    }
}

/// How often the time is looked at, in milliseconds.
const TICK: u32 = 20_000;
