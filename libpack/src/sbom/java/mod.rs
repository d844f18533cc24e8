//! Jars, wars and whatever else of Java's is a zip archive, with the archives within them.
//!
//! No scanner and no network: a jar tells its coordinates itself, in the `pom.properties` that Maven leaves in
//! it, in its manifest, else in its name. Fields and names are syft's (anchore/syft, `syft/pkg/cataloger/java`).

mod archive;
mod budget;
mod facts;
mod file_name;
mod folder;
mod groups;
mod identity;
mod licenses;
mod manifest;
mod pom;

pub use folder::from_folder;

#[cfg(test)]
mod tests;
