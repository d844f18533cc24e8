//! The same input gives the same bytes, and in the form that pack reads.

use std::path::Path;

use serde_json::Value;

use crate::rig::{DESCRIPTOR, Rig, listing, read_tar, sha256};

const TWO_TARGETS: &str = "\n[[targets]]\nos = \"linux\"\narch = \"arm64\"\n";

/// Makes the buildpack anew and packages it under another umask, time zone and user's name.
fn packaged(umask: &str, zone: &str, descriptor: &str) -> Rig {
    let rig = Rig::new(descriptor);
    let libpack = env!("CARGO_BIN_EXE_libpack");
    let (source, out) = (rig.buildpack(), rig.out());
    let script = format!("umask {umask} && exec '{libpack}' package '{}' --out '{}'", source.display(), out.display());
    // Files that are made under the umask too, in another order.
    let remake =
        format!("umask {umask} && cp -rT '{0}' '{0}.new' && rm -r '{0}' && mv '{0}.new' '{0}'", source.display());
    for step in [remake, script] {
        assert_cmd::Command::new("bash").args(["-c", &step]).env("TZ", zone).assert().success();
    }
    rig
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

fn blob(layout: &Path, descriptor: &Value) -> Vec<u8> {
    let digest = descriptor["digest"].as_str().unwrap().replace(':', "/");
    let bytes = std::fs::read(layout.join("blobs").join(digest)).unwrap();
    assert_eq!(descriptor["digest"].as_str().unwrap(), format!("sha256:{}", sha256(&bytes)));
    assert_eq!(descriptor["size"].as_u64().unwrap(), bytes.len() as u64);
    bytes
}

#[test]
fn umask_time_zone_and_folder_leave_no_trace() {
    for descriptor in [DESCRIPTOR.to_owned(), format!("{DESCRIPTOR}{TWO_TARGETS}")] {
        let one = packaged("0022", "UTC", &descriptor);
        let other = packaged("0077", "Asia/Tokyo", &descriptor);
        let (one, other) = (listing(&one.out()), listing(&other.out()));
        let names = |listing: &std::collections::BTreeMap<String, _>| listing.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&one), names(&other));
        for (name, content) in &one {
            // The folder that was asked for is the caller's own.
            assert!(name.is_empty() || *content == other[name], "{name} differs");
        }
    }
}

#[test]
fn the_layer_has_the_form_that_every_reader_takes() {
    let rig = Rig::new(DESCRIPTOR);
    rig.package().assert().success();
    let cnb = read_tar(std::fs::File::open(rig.out().join("example_bash.cnb")).unwrap());
    assert_eq!(cnb[0].1, "oci-layout");
    let index = json(&cnb[1].2);
    let layout = rig.out().join("example_bash.oci");
    assert_eq!(index, json(&std::fs::read(layout.join("index.json")).unwrap()), "one image, in both formats");
    let manifest = json(&blob(&layout, &index["manifests"][0]));
    let config = json(&blob(&layout, &manifest["config"]));
    let layer = blob(&layout, &manifest["layers"][0]);
    let mut plain = Vec::new();
    std::io::copy(&mut flate2::read::GzDecoder::new(&layer[..]), &mut plain).unwrap();
    let diff_id = format!("sha256:{}", sha256(&plain));
    assert_eq!(config["rootfs"]["diff_ids"][0], diff_id.as_str());

    let entries = read_tar(&plain[..]);
    let seen: Vec<_> = entries.iter().map(|(head, name, _)| (name.as_str(), head.mode().unwrap())).collect();
    let root = "/cnb/buildpacks/example_bash/1.2.3";
    assert_eq!(
        seen,
        [
            ("/cnb", 0o755),
            ("/cnb/buildpacks", 0o755),
            ("/cnb/buildpacks/example_bash", 0o755),
            (root, 0o755),
            (&format!("{root}/bin"), 0o755),
            (&format!("{root}/bin/build"), 0o755),
            (&format!("{root}/bin/detect"), 0o777),
            (&format!("{root}/buildpack.toml"), 0o644),
        ]
    );
    for (head, name, _) in &entries {
        assert_eq!((head.uid().unwrap(), head.gid().unwrap(), head.mtime().unwrap()), (0, 0, 315_532_801), "{name}");
    }

    let label = |name: &str| json(config["config"]["Labels"][name].as_str().unwrap().as_bytes());
    let layers = label("io.buildpacks.buildpack.layers");
    let info = &layers["example/bash"]["1.2.3"];
    assert_eq!(info["api"], "0.10");
    assert_eq!(info["layerDiffID"], diff_id.as_str());
    assert_eq!(info["targets"][0]["arch"], "amd64");
    assert_eq!(info["name"], "Bash");
    let metadata = label("io.buildpacks.buildpackage.metadata");
    assert_eq!((&metadata["id"], &metadata["version"]), (&Value::from("example/bash"), &Value::from("1.2.3")));
}

#[test]
fn two_targets_give_a_cnb_each_and_one_index() {
    let rig = Rig::new(&format!("{DESCRIPTOR}{TWO_TARGETS}"));
    rig.package().assert().success();
    let packaged = rig.packaged();
    assert!(packaged.join("linux/amd64/bin/build").is_file());
    assert!(packaged.join("linux/arm64/bin/build").is_file());
    assert!(packaged.join("buildpack.toml").is_file(), "pack copies it into each platform's folder");
    for arch in ["amd64", "arm64"] {
        let file = rig.out().join(format!("example_bash-linux-{arch}.cnb"));
        let index = json(&read_tar(std::fs::File::open(file).unwrap())[1].2);
        assert_eq!(index["manifests"][0]["platform"]["architecture"], arch);
        assert_eq!(index["manifests"].as_array().unwrap().len(), 1, "pack reads no more than one");
    }
    let layout = rig.out().join("example_bash.oci");
    let outer = json(&std::fs::read(layout.join("index.json")).unwrap());
    let inner = json(&blob(&layout, &outer["manifests"][0]));
    let platforms: Vec<_> =
        inner["manifests"].as_array().unwrap().iter().map(|image| &image["platform"]["architecture"]).collect();
    assert_eq!(platforms, ["amd64", "arm64"]);
}
