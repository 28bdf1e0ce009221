//! Methods that step all parameters together.

#[path = "methods/behaviour.rs"]
mod behaviour;
#[path = "methods/functions.rs"]
mod functions;
#[path = "methods/nets.rs"]
mod nets;
#[path = "methods/reference.rs"]
mod reference;
