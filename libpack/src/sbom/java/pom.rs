//! What Maven leaves in a jar: `META-INF/maven/<group>/<artifact>/pom.properties` and `pom.xml`.

use roxmltree::{Document, Node};

/// The longest name or licence that is taken over into documents, in bytes.
pub(super) const LONGEST: usize = 1000;
/// The most licences of one artifact.
const LICENSES: usize = 100;

/// Maven coordinates.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Coordinates {
    pub group: String,
    pub artifact: String,
    pub version: String,
}

impl Coordinates {
    /// All three must be there, of a sane length, and say what they mean: Maven leaves `${…}` where nobody filled
    /// it in.
    fn new(group: &str, artifact: &str, version: &str) -> Option<Self> {
        [group, artifact, version].into_iter().all(is_sane).then(|| Self {
            group: group.to_owned(),
            artifact: artifact.to_owned(),
            version: version.to_owned(),
        })
    }

    /// Of a `pom.properties`, which Java's properties are no more than here: names and values without escapes.
    pub fn of_properties(text: &str) -> Option<Self> {
        let value = |name: &str| {
            let pairs = text.lines().filter_map(|line| line.split_once(['=', ':']));
            pairs
                .filter(|(known, _)| known.trim() == name)
                .map(|(_, value)| value.trim())
                .next_back()
                .unwrap_or_default()
        };
        Self::new(value("groupId"), value("artifactId"), value("version"))
    }
}

/// A `pom.xml`, as far as it says who the jar is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Pom {
    /// Missing where group or version come from a parent that only its repository has.
    pub coordinates: Option<Coordinates>,
    /// The names, else the addresses, of its own licences.
    pub licenses: Vec<String>,
}

impl Pom {
    /// None when it is no XML. A document type, and with it every entity of somebody's own, is refused.
    pub fn parse(text: &str) -> Option<Self> {
        let document = Document::parse(text.trim_start_matches('\u{feff}')).ok()?;
        let project = document.root_element();
        let parent = child(project, "parent");
        let own = |name: &str| {
            let inherited = || parent.and_then(|parent| text_of(parent, name));
            text_of(project, name).or_else(inherited).unwrap_or_default()
        };
        let artifact = text_of(project, "artifactId").unwrap_or_default();
        let licenses = child(project, "licenses").into_iter().flat_map(|list| list.children());
        let licenses = licenses.filter_map(|one| text_of(one, "name").or_else(|| text_of(one, "url")));
        Some(Self {
            coordinates: Coordinates::new(own("groupId"), artifact, own("version")),
            licenses: licenses.filter(|text| is_sane(text)).take(LICENSES).map(str::to_owned).collect(),
        })
    }
}

fn is_sane(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST && !text.contains("${")
}

fn child<'a>(node: Node<'a, 'a>, name: &str) -> Option<Node<'a, 'a>> {
    node.children().find(|child| child.tag_name().name() == name)
}

fn text_of<'a>(node: Node<'a, 'a>, name: &str) -> Option<&'a str> {
    child(node, name)?.text().map(str::trim).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(coordinates: Option<Coordinates>) -> String {
        coordinates.map(|one| format!("{}:{}:{}", one.group, one.artifact, one.version)).unwrap_or_default()
    }

    #[test]
    fn properties_are_read_whoever_wrote_them() {
        let text = "#Created by Apache Maven 3.9\r\nartifactId=one\r\ngroupId = org.example\r\nversion:1.0\r\n";
        assert_eq!(shown(Coordinates::of_properties(text)), "org.example:one:1.0");
        assert_eq!(shown(Coordinates::of_properties("groupId=g\nartifactId=a\nversion=${project.version}")), "");
        assert_eq!(shown(Coordinates::of_properties("groupId=g\nartifactId=a")), "");
    }

    #[test]
    fn a_pom_has_what_its_parent_gives_and_its_own_licences() {
        let text = "\u{feff}<project xmlns='http://maven.apache.org/POM/4.0.0'>\
                    <parent><groupId>org.example</groupId><artifactId>parent</artifactId><version>2</version></parent>\
                    <artifactId> one </artifactId><licenses><license><name>MIT</name><url>u</url></license>\
                    <license><url>https://example.org/l</url></license><license/></licenses></project>";
        let pom = Pom::parse(text).unwrap();
        assert_eq!(shown(pom.coordinates), "org.example:one:2");
        assert_eq!(pom.licenses, ["MIT", "https://example.org/l"]);
        let inherited = Pom::parse("<project><artifactId>a</artifactId><version>${revision}</version></project>");
        assert_eq!(shown(inherited.unwrap().coordinates), "");
    }

    #[test]
    fn no_document_type_and_no_end_of_elements() {
        let laughs = "<!DOCTYPE p [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><project>&b;</project>";
        assert_eq!(Pom::parse(laughs), None);
        assert_eq!(Pom::parse("<project><licenses>"), None);
        assert_eq!(Pom::parse(&"<a>".repeat(200_000)), None);
        let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
        assert_eq!(Pom::parse(&deep).unwrap_or_default(), Pom::default());
    }
}
