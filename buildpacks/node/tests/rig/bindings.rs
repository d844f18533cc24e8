//! Bindings: npm's settings reach npm, and nothing of them reaches the image.

use super::{assert_idle, commands, npm_app};

const SECRET: &str = "npm_canary_7f3a91";

fn settings() -> String {
    format!("//registry.example/:_authToken={SECRET}\n")
}

fn config(child: &libpack::world::Child) -> String {
    child.env.text("NPM_CONFIG_GLOBALCONFIG").unwrap_or_default()
}

#[test]
fn the_bound_npmrc_reaches_npm_and_no_byte_of_it_anything_else() {
    let mut rig = npm_app();
    rig.binding("npm", "npmrc", &[(".npmrc", &settings())]).env("BP_LOG_LEVEL", "DEBUG");
    let built = rig.build().unwrap();
    assert!(config(&built.children[0]).ends_with("platform/bindings/npm/.npmrc"));
    assert_eq!(built.places_of(SECRET), Vec::<String>::new());
    assert_eq!(built.places_of("bindings/npm"), Vec::<String>::new(), "the image does not know the place either");
    assert_eq!(built.variable("NPM_CONFIG_GLOBALCONFIG"), "");
    assert_idle(&rig.build().unwrap());
}

#[test]
fn other_settings_in_the_binding_install_again() {
    let mut rig = npm_app();
    rig.binding("npm", "npmrc", &[(".npmrc", &settings())]);
    rig.build().unwrap();
    rig.binding("npm", "npmrc", &[(".npmrc", &format!("{}legacy-peer-deps=true\n", settings()))]);
    assert_eq!(commands(&rig.build().unwrap()), ["npm ci"]);
}

#[test]
fn the_users_variable_wins_over_the_binding_and_that_is_said() {
    let mut rig = npm_app();
    rig.binding("npm", "npmrc", &[(".npmrc", &settings())]).env("NPM_CONFIG_GLOBALCONFIG", "/etc/npmrc");
    let built = rig.build().unwrap();
    assert_eq!(config(&built.children[0]), "/etc/npmrc");
    let warning = "WARNING: NPM_CONFIG_GLOBALCONFIG is set, so the npmrc binding is not used";
    assert!(built.log.contains(warning), "{}", built.log);
    assert_eq!(built.places_of(SECRET), Vec::<String>::new());
}

#[test]
fn a_later_buildpack_gets_the_bound_settings_for_its_build_only() {
    let mut rig = npm_app();
    rig.binding("npm", "npmrc", &[(".npmrc", &settings())]);
    let wants = libpack::plan::Require::new("node_modules").build();
    rig.after(libpack::testing::Neighbour::new("acme/bundler", &[], vec![wants]));
    let built = rig.build().unwrap();
    let environment = built.layer("environment").unwrap();
    assert!(environment.text("env.build/NPM_CONFIG_GLOBALCONFIG.default").is_some(), "{}", built.tree());
    assert_eq!(built.variable("NPM_CONFIG_GLOBALCONFIG"), "");
    assert_eq!(built.places_of(SECRET), Vec::<String>::new());
    super::neighbours::forget_hop(&built);
}

#[test]
fn a_token_in_the_environment_reaches_npm_and_nothing_else() {
    let mut rig = npm_app();
    let built = rig.env("NPM_CONFIG__AUTHTOKEN", SECRET).env("BP_LOG_LEVEL", "DEBUG").build().unwrap();
    assert_eq!(built.children[0].env.text("NPM_CONFIG__AUTHTOKEN").unwrap(), SECRET);
    assert_eq!(built.places_of(SECRET), Vec::<String>::new());
}

#[test]
fn a_mapping_sends_the_download_elsewhere_and_the_checksum_still_holds() {
    let mut rig = super::plain_app();
    let archive = super::node_archive("24.18.1").zst();
    let sum = libpack::checksum::sha256(&archive).hex().to_owned();
    rig.fetch.serve("https://mirror.example/node", archive);
    rig.binding("map", "dependency-mapping", &[(&sum, "https://mirror.example/node\n")]);
    assert_eq!(rig.build().unwrap().fetched, ["https://mirror.example/node"]);
    rig.clear_cache().fetch.serve("https://mirror.example/node", "something else");
    assert_eq!(rig.build().unwrap_err().id(), "dependency/checksum");
}
