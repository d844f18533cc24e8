//! What npm said, as an error with the next step.

use libpack::Error;
use libpack::world::Outcome;

use super::npm_failed;
use crate::npm_process::Step;

/// A text in npm's output, and what to do about it.
const KNOWN: [(&str, &str); 11] = [
    (
        "can only install packages when your package.json and package-lock.json",
        "The lock is out of step with package.json: run `npm install` and commit the lock.",
    ),
    ("npm error code EUSAGE", "The lock is out of step with package.json: run `npm install` and commit the lock."),
    ("npm error code E401", "The registry wants a login: bind an .npmrc with a token, type npmrc."),
    ("npm error code E403", "The registry refuses this login: check the token in the npmrc binding."),
    (
        "npm error code E404",
        "The registry has no such package or version: check package.json and the registry in .npmrc.",
    ),
    (
        "npm error code EINTEGRITY",
        "An archive is not what the lock says: remove the entry from the lock and install again, or check the proxy between.",
    ),
    (
        "SELF_SIGNED_CERT_IN_CHAIN",
        "Something on the way signs with its own certificate: bind it, type ca-certificates.",
    ),
    (
        "UNABLE_TO_GET_ISSUER_CERT",
        "Something on the way signs with its own certificate: bind it, type ca-certificates.",
    ),
    (
        "npm error code ENOTFOUND",
        "The registry cannot be reached: check the network, the proxy, and the registry in .npmrc.",
    ),
    (
        "npm error code ECONNREFUSED",
        "The registry cannot be reached: check the network, the proxy, and the registry in .npmrc.",
    ),
    (
        "gyp ERR!",
        "A native addon did not compile: the lines above say why; the build image must have python3, make and a C++ compiler.",
    ),
];

/// The step's error, with the hint that fits what npm printed.
pub fn explain(step: &Step, outcome: &Outcome) -> Error {
    let known = KNOWN.iter().find(|(text, _)| outcome.output.contains(text));
    let hint = match known {
        Some((_, hint)) => *hint,
        None if step.id == "npm/unmet-dependencies" => {
            "Run `npm install` and commit node_modules again, or commit no modules but a lock."
        }
        None => "The lines above are npm's own; the same command in a clean checkout should fail alike.",
    };
    npm_failed(step.id, step.failure, hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_out_of_step_says_what_to_run() {
        let step = Step { args: Vec::new(), quiet: true, id: "npm/ci-failed", failure: "npm ci failed" };
        let output = "npm error code EUSAGE\nnpm error\nnpm error `npm ci` can only install packages when your package.json and package-lock.json are in sync";
        let error = explain(&step, &Outcome { code: 1, output: output.to_owned() });
        assert_eq!(error.id(), "npm/ci-failed");
        assert!(error.next_step().unwrap().contains("commit the lock"));
    }
}
