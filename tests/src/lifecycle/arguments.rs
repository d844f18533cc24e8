//! What each phase is told (buildpacks/spec, platform.md; buildpacks/lifecycle, cmd/lifecycle).

use super::{Lifecycle, Member};
use crate::tools;

impl Lifecycle {
    pub(super) fn order_file(&self) -> String {
        let member = |Member { id, version, optional }: &Member| {
            format!("[[order.group]]\nid = '{id}'\nversion = '{version}'\noptional = {optional}\n")
        };
        let group = |group: &Vec<Member>| format!("[[order]]\n{}", group.iter().map(member).collect::<String>());
        self.order.iter().map(group).collect()
    }

    pub(super) fn arguments(&self, phase: &str) -> Vec<String> {
        let layers = ("-layers", self.layers().display().to_string());
        let file = |flag: &'static str, name: &str| (flag, self.path(name));
        let of_folder = |flag: &'static str, name: &str| (flag, self.layers().join(name).display().to_string());
        let base = if self.minor() < 12 { file("-stack", "stack.toml") } else { file("-run", "run.toml") };
        let app = ("-app", self.workspace().display().to_string());
        let mut all = vec![layers];
        match phase {
            "analyzer" => {
                all.extend([base, ("-run-image", self.reference(self.run_image))]);
                if self.skip_layers {
                    all.push(("-skip-layers=true", String::new()));
                }
            }
            "detector" => {
                all.extend([app, file("-platform", "platform"), file("-buildpacks", "buildpacks")]);
                all.push(file("-order", "order.toml"));
                if self.minor() >= 10 {
                    all.push(file("-generated", "generated"));
                }
            }
            "restorer" => {
                all.push(file("-cache-dir", "cache"));
                if self.skip_layers {
                    all.push(("-skip-layers=true", String::new()));
                }
            }
            "builder" => all.extend([app, file("-platform", "platform"), file("-buildpacks", "buildpacks")]),
            _ => {
                let launcher = tools::lifecycle().join("launcher").display().to_string();
                all.extend([app, base, file("-cache-dir", "cache"), ("-launcher", launcher)]);
                all.push(of_folder("-report", "report.toml"));
            }
        }
        if phase != "analyzer" {
            all.push(of_folder("-group", "group.toml"));
        }
        if ["detector", "builder"].contains(&phase) {
            all.push(of_folder("-plan", "plan.toml"));
        }
        if ["analyzer", "restorer", "exporter"].contains(&phase) || (phase == "detector" && self.minor() >= 10) {
            all.push(of_folder("-analyzed", "analyzed.toml"));
        }
        let mut words: Vec<String> = all
            .into_iter()
            .flat_map(|(flag, value)| [flag.to_owned(), value])
            .filter(|word| !word.is_empty())
            .collect();
        if ["analyzer", "exporter"].contains(&phase) {
            words.push(self.reference(&self.image));
        }
        words
    }

    pub(super) fn minor(&self) -> u32 {
        self.api.trim_start_matches("0.").parse().expect("a Platform API")
    }

    pub(super) fn path(&self, name: &str) -> String {
        self.root.path().join(name).display().to_string()
    }

    pub(super) fn reference(&self, image: &str) -> String {
        format!("{}/{image}", self.registry.address())
    }
}
