//! The `buildpack.toml` of a package: the author's, with the few changes that packaging makes.

use std::path::Path;

use libpack::descriptor::DescriptorSeed;
use libpack::{Error, Result, fs};
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use crate::arguments::Platform;
use crate::rows::Row;

/// A `buildpack.toml` that is being changed.
#[derive(Debug, Clone)]
pub struct Manifest {
    document: DocumentMut,
}

impl Manifest {
    /// Reads `<folder>/buildpack.toml`.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("buildpack.toml");
        let text = fs::read_text_if_any(&path)?.ok_or_else(|| {
            Error::user("package/no-buildpack", format!("{} has no buildpack.toml", folder.display()))
                .hint("Name the folder of a buildpack: `libpack package FOLDER`.")
        })?;
        let manifest = Self::parse(&path, &text)?;
        if manifest.document.contains_key("order") {
            return Err(Error::user(
                "package/composite",
                format!("{} is a composite: it has an [[order]]", path.display()),
            )
            .hint("Package what it is made of with libpack, and the composite with `pack buildpack package`."));
        }
        manifest.check_id(&path)?;
        Ok(manifest)
    }

    /// Reads a catalog or a descriptor.
    pub fn parse(path: &Path, text: &str) -> Result<Self> {
        let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
            Error::user("descriptor/invalid", format!("{} is not TOML", path.display()))
                .hint("Mend the line that the message names.")
                .because(error)
        })?;
        // Inline rows (`dependencies = [{…}]`) are the same to TOML and should be to us.
        if let Some(metadata) = document.get_mut("metadata").and_then(Item::as_table_mut)
            && let Some(item) = metadata.get_mut("dependencies")
        {
            let rows = std::mem::take(item);
            *item = Item::ArrayOfTables(rows.into_array_of_tables().map_err(|_| {
                Error::user(
                    "descriptor/invalid",
                    format!("{}: metadata.dependencies is no list of tables", path.display()),
                )
                .hint("Write each dependency as a [[metadata.dependencies]] table.")
            })?);
        }
        Ok(Self { document })
    }

    fn check_id(&self, path: &Path) -> Result<()> {
        let fits = |id: &str| {
            let legal = |letter: char| letter.is_ascii_alphanumeric() || "-./".contains(letter);
            !id.is_empty() && id.chars().all(legal) && !id.contains("..")
        };
        if self.text_of("id").is_some_and(|id| fits(&id)) && self.document.get("api").is_some_and(Item::is_str) {
            return Ok(());
        }
        Err(Error::user("descriptor/invalid", format!("{} has no `api` or no usable `buildpack.id`", path.display()))
            .hint("Give it `api = \"0.10\"` and an id of letters, digits, `-`, `.` and `/`."))
    }

    fn text_of(&self, key: &str) -> Option<String> {
        self.document.get("buildpack")?.get(key)?.as_str().map(str::to_owned)
    }

    /// The buildpack's id, `namespace/name`.
    pub fn id(&self) -> String {
        self.text_of("id").unwrap_or_default()
    }

    /// The buildpack's version.
    pub fn version(&self) -> String {
        self.text_of("version").unwrap_or_default()
    }

    /// Sets the version, or takes the one that is there.
    pub fn choose_version(&mut self, given: Option<&str>) -> Result<()> {
        let written = self.text_of("version").filter(|version| !version.contains("{{"));
        let version = given.map(str::to_owned).or(written).ok_or_else(|| {
            Error::user("package/version-missing", "buildpack.toml leaves its version to packaging")
                .hint("Give it: `--version 1.2.3`.")
        })?;
        // buildpacks/spec, buildpack.md: `<X>.<Y>.<Z>`, whole numbers without leading zeros.
        let parsed = semver::Version::parse(&version).ok();
        if parsed.is_none_or(|version| !version.pre.is_empty() || !version.build.is_empty()) {
            return Err(Error::user("package/version-invalid", format!("{version} is not a buildpack's version"))
                .hint("Use three numbers, as in 1.2.3."));
        }
        self.document["buildpack"]["version"] = value(version);
        Ok(())
    }

    /// Narrows `[[targets]]` to the wanted platforms and gives those: a package must not promise what is not in it.
    pub fn choose_targets(&mut self, wanted: &[Platform]) -> Result<Vec<Platform>> {
        let declared = self.document.get_mut("targets").and_then(Item::as_array_of_tables_mut);
        let Some(declared) = declared.filter(|targets| !targets.is_empty()) else {
            let wanted = if wanted.is_empty() { vec![Platform::of_machine()] } else { wanted.to_vec() };
            return Ok(sorted(wanted));
        };
        let all: Vec<Platform> = declared.iter().filter_map(known_platform).collect();
        let wanted = sorted(if wanted.is_empty() { all } else { wanted.to_vec() });
        for platform in &wanted {
            if !declared.iter().any(|target| fits(target, platform)) {
                return Err(Error::user("package/target-unknown", format!("buildpack.toml has no target {platform}"))
                    .hint("Add a [[targets]] table with this os and arch, or choose another --target."));
            }
        }
        if wanted.is_empty() {
            return Err(Error::user("package/target-unknown", "buildpack.toml names no target that can be packaged")
                .hint("Choose one: `--target linux/amd64`."));
        }
        declared.retain(|target| wanted.iter().any(|platform| fits(target, platform)));
        Ok(wanted)
    }

    /// `metadata.include-files`.
    pub fn include_files(&self) -> Vec<String> {
        let list = self.metadata("include-files").and_then(Item::as_array);
        let list = list.map(|list| list.iter().filter_map(|file| file.as_str().map(str::to_owned)).collect());
        list.unwrap_or_default()
    }

    /// `metadata.pre-package`.
    pub fn pre_package(&self) -> Option<String> {
        self.metadata("pre-package").and_then(Item::as_str).map(str::to_owned)
    }

    /// `metadata.strip-symbols`: the ids of the dependencies whose executables lose their symbol tables.
    pub fn strip_symbols(&self) -> Result<Vec<String>> {
        let list = self.metadata("strip-symbols").and_then(Item::as_array);
        let ids: Vec<_> = list.into_iter().flatten().filter_map(|id| id.as_str().map(str::to_owned)).collect();
        let rows = self.rows()?;
        let unknown = ids.iter().find(|id| !rows.iter().any(|row| row.dependency.id == **id));
        unknown.map_or(Ok(()), |id| {
            Err(Error::user("descriptor/invalid", format!("metadata.strip-symbols names {id}, which is no dependency"))
                .hint("Name ids of [[metadata.dependencies]]."))
        })?;
        Ok(ids)
    }

    fn metadata(&self, key: &str) -> Option<&Item> {
        self.document.get("metadata")?.get(key)
    }

    /// The tables of `[[metadata.dependencies]]`, if there are any.
    pub fn dependencies_mut(&mut self) -> Option<&mut ArrayOfTables> {
        self.document.get_mut("metadata")?.get_mut("dependencies")?.as_array_of_tables_mut()
    }

    /// `[[metadata.seeds]]`.
    pub fn seeds(&self) -> Result<Vec<DescriptorSeed>> {
        let document = self.table()?;
        let seeds = document.get("metadata").and_then(|metadata| metadata.get("seeds")).cloned();
        let seeds = seeds.map(toml::Value::try_into).transpose().map_err(|error| {
            Error::user("descriptor/invalid", "metadata.seeds of buildpack.toml cannot be read")
                .hint("Give every [[metadata.seeds]] an `id` and the id of a dependency as `from`.")
                .because(error)
        })?;
        Ok(seeds.unwrap_or_default())
    }

    /// Puts a table in place of `metadata.<key>`, making `[metadata]` when it is missing.
    pub fn set_metadata(&mut self, key: &str, item: Item) {
        let metadata = self.document.entry("metadata").or_insert_with(|| {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        });
        if let Some(metadata) = metadata.as_table_like_mut() {
            metadata.insert(key, item);
        }
    }

    /// `[metadata.default-versions]`, if there is one.
    pub fn default_versions(&self) -> Option<&Table> {
        self.metadata("default-versions").and_then(Item::as_table)
    }

    /// Reads the dependencies, in their order.
    pub fn rows(&self) -> Result<Vec<Row>> {
        let document = self.table()?;
        let rows = document.get("metadata").and_then(|metadata| metadata.get("dependencies"));
        let rows = rows.and_then(toml::Value::as_array).map_or(&[][..], Vec::as_slice);
        rows.iter().filter_map(toml::Value::as_table).map(Row::read).collect()
    }

    /// The text as it goes into the package.
    pub fn text(&self) -> String {
        self.document.to_string()
    }

    /// The text as plain TOML values.
    pub fn table(&self) -> Result<toml::Table> {
        toml::from_str(&self.text()).map_err(|error| {
            Error::bug("descriptor/invalid", "buildpack.toml broke while it was changed").because(error)
        })
    }
}

fn sorted(mut platforms: Vec<Platform>) -> Vec<Platform> {
    platforms.sort();
    platforms.dedup();
    platforms
}

fn key<'a>(target: &'a Table, name: &str) -> Option<&'a str> {
    target.get(name).and_then(Item::as_str)
}

fn known_platform(target: &Table) -> Option<Platform> {
    format!("{}/{}", key(target, "os")?, key(target, "arch")?).parse().ok()
}

fn fits(target: &Table, platform: &Platform) -> bool {
    key(target, "os").is_none_or(|os| os == platform.os) && key(target, "arch").is_none_or(|arch| arch == platform.arch)
}

/// The table that a source of a row is written in: the row, or one of its `sources`.
pub fn source_table(row: &mut Table, further: Option<usize>) -> Option<&mut dyn toml_edit::TableLike> {
    match further {
        None => Some(row),
        Some(index) => match row.get_mut("sources")? {
            Item::ArrayOfTables(tables) => tables.get_mut(index).map(|table| table as &mut dyn toml_edit::TableLike),
            Item::Value(list) => list
                .as_array_mut()
                .and_then(|list: &mut Array| list.get_mut(index))
                .and_then(|item| item.as_inline_table_mut())
                .map(|table| table as &mut dyn toml_edit::TableLike),
            _ => None,
        },
    }
}
