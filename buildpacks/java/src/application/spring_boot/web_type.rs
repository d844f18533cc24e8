//! How an application serves, by the classes that it has (paketo-buildpacks/spring-boot,
//! `boot/web_application_type_resolver.go`): it decides how many threads the memory calculator counts with.

use std::fmt;
use std::path::Path;

use super::libraries::Library;

const REACTIVE: &str = "org/springframework/web/reactive/DispatcherHandler.class";
const SERVLET_OF_SPRING: &str = "org/springframework/web/servlet/DispatcherServlet.class";
const JERSEY: &str = "org/glassfish/jersey/servlet/ServletContainer.class";
const JAVAX: &str = "javax/servlet/Servlet.class";
const JAKARTA: &str = "jakarta/servlet/Servlet.class";
const CONTEXT: &str = "org/springframework/web/context/ConfigurableWebApplicationContext.class";

/// The classes that tell.
pub const TELLING: [&str; 6] = [REACTIVE, SERVLET_OF_SPRING, JERSEY, JAVAX, JAKARTA, CONTEXT];

/// How an application serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebType {
    /// With few threads.
    Reactive,
    /// With one thread per request.
    Servlet,
    /// Not at all.
    None,
}

impl WebType {
    /// The threads that it has at most, besides the JVM's.
    pub fn threads(self) -> u32 {
        if self == Self::Servlet { 250 } else { 50 }
    }
}

impl fmt::Display for WebType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reactive => "Reactive web application detected",
            Self::Servlet => "Servlet web application detected",
            Self::None => "Non-web application detected",
        })
    }
}

/// By the classes of the app itself and of its libraries.
pub fn of(classes: &Path, libraries: &[Library]) -> WebType {
    let has =
        |class: &str| classes.join(class).is_file() || libraries.iter().any(|library| library.classes.contains(class));
    if has(REACTIVE) && !has(SERVLET_OF_SPRING) && !has(JERSEY) {
        WebType::Reactive
    } else if (has(JAVAX) || has(JAKARTA)) && has(CONTEXT) {
        WebType::Servlet
    } else {
        WebType::None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_classes_tell() {
        let folder = tempfile::tempdir().unwrap();
        for (classes, kind) in [
            (vec![REACTIVE], WebType::Reactive),
            (vec![REACTIVE, JAKARTA, CONTEXT], WebType::Reactive),
            (vec![REACTIVE, SERVLET_OF_SPRING, JAKARTA, CONTEXT], WebType::Servlet),
            (vec![REACTIVE, JERSEY, JAVAX, CONTEXT], WebType::Servlet),
            (vec![JAVAX, CONTEXT], WebType::Servlet),
            (vec![JAKARTA], WebType::None),
            (vec![], WebType::None),
        ] {
            let library =
                Library { name: "x.jar".to_owned(), classes: classes.iter().copied().collect(), has_metadata: false };
            assert_eq!(of(folder.path(), &[library]), kind, "{classes:?}");
        }
        libpack::fs::write(&folder.path().join(REACTIVE), "").unwrap();
        assert_eq!(of(folder.path(), &[]), WebType::Reactive, "the app's own count");
    }
}
