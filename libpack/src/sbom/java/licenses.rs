//! Licences as manifests and poms spell them, as ids of the SPDX list where there is no doubt.

/// Names in the form that [`normal`] gives them.
const NAMES: [(&str, &str); 40] = [
    ("apache 2", "Apache-2.0"),
    ("apache 2 0", "Apache-2.0"),
    ("asf 2 0", "Apache-2.0"),
    ("asl 2 0", "Apache-2.0"),
    ("mit", "MIT"),
    ("mit 0", "MIT-0"),
    ("isc", "ISC"),
    ("zlib", "Zlib"),
    ("bsd 2 clause", "BSD-2-Clause"),
    ("simplified bsd", "BSD-2-Clause"),
    ("bsd 3 clause", "BSD-3-Clause"),
    ("3 clause bsd", "BSD-3-Clause"),
    ("new bsd", "BSD-3-Clause"),
    ("revised bsd", "BSD-3-Clause"),
    ("modified bsd", "BSD-3-Clause"),
    ("eclipse distribution 1 0", "BSD-3-Clause"),
    ("edl 1 0", "BSD-3-Clause"),
    ("eclipse public 1 0", "EPL-1.0"),
    ("epl 1 0", "EPL-1.0"),
    ("eclipse public 2 0", "EPL-2.0"),
    ("epl 2 0", "EPL-2.0"),
    ("mozilla public 1 1", "MPL-1.1"),
    ("mpl 1 1", "MPL-1.1"),
    ("mozilla public 2 0", "MPL-2.0"),
    ("mpl 2 0", "MPL-2.0"),
    ("cddl 1 0", "CDDL-1.0"),
    ("common development and distribution 1 0", "CDDL-1.0"),
    ("cddl 1 1", "CDDL-1.1"),
    ("common development and distribution 1 1", "CDDL-1.1"),
    ("cc0", "CC0-1.0"),
    ("cc0 1 0", "CC0-1.0"),
    ("cc0 1 0 universal", "CC0-1.0"),
    ("public domain per creative commons cc0", "CC0-1.0"),
    ("universal permissive 1 0", "UPL-1.0"),
    ("upl 1 0", "UPL-1.0"),
    ("unicode icu", "ICU"),
    ("gpl2 w cpe", "GPL-2.0-only WITH Classpath-exception-2.0"),
    ("gpl 2 0 with classpath exception 2 0", "GPL-2.0-only WITH Classpath-exception-2.0"),
    ("gnu general public 2 with classpath exception", "GPL-2.0-only WITH Classpath-exception-2.0"),
    ("gnu general public 2 with the gnu classpath exception", "GPL-2.0-only WITH Classpath-exception-2.0"),
];

/// Addresses without scheme, `www.`, ending and slashes at the end.
const ADDRESSES: [(&str, &str); 20] = [
    ("apache.org/licenses/license-2.0", "Apache-2.0"),
    ("opensource.org/licenses/apache-2.0", "Apache-2.0"),
    ("opensource.org/license/apache-2-0", "Apache-2.0"),
    ("opensource.org/licenses/apache2.0", "Apache-2.0"),
    ("opensource.org/licenses/mit", "MIT"),
    ("opensource.org/licenses/mit-license", "MIT"),
    ("opensource.org/license/mit", "MIT"),
    ("opensource.org/licenses/isc", "ISC"),
    ("opensource.org/licenses/bsd-2-clause", "BSD-2-Clause"),
    ("opensource.org/licenses/bsd-3-clause", "BSD-3-Clause"),
    ("eclipse.org/org/documents/edl-v10", "BSD-3-Clause"),
    ("eclipse.org/legal/epl-v10", "EPL-1.0"),
    ("opensource.org/licenses/eclipse-1.0", "EPL-1.0"),
    ("eclipse.org/legal/epl-2.0", "EPL-2.0"),
    ("eclipse.org/legal/epl-v20", "EPL-2.0"),
    ("eclipse.org/org/documents/epl-2.0/epl-2.0", "EPL-2.0"),
    ("mozilla.org/mpl/2.0", "MPL-2.0"),
    ("mozilla.org/en-us/mpl/2.0", "MPL-2.0"),
    ("creativecommons.org/publicdomain/zero/1.0", "CC0-1.0"),
    ("creativecommons.org/publicdomain/zero/1.0/legalcode", "CC0-1.0"),
];

/// The licence as SPDX has it, else as it is.
pub(super) fn normalize(text: &str) -> String {
    known(text).unwrap_or(text).trim().to_owned()
}

/// The licences of `Bundle-License`: addresses or names with directives, between commas, which names have too.
pub(super) fn of_bundle(value: &str) -> Vec<String> {
    let without = |clause: &str| clause.split(';').next().unwrap_or_default().trim().trim_matches('"').to_owned();
    let whole = without(value);
    let clauses: Vec<String> = value.split(',').map(without).filter(|clause| !clause.is_empty()).collect();
    let told = |clause: &String| known(clause).is_some() || address(clause).is_some();
    if known(&whole).is_none() && clauses.iter().all(told) {
        return clauses.iter().map(|clause| normalize(clause)).collect();
    }
    Some(normalize(&whole)).filter(|license| !license.is_empty()).into_iter().collect()
}

fn known(text: &str) -> Option<&'static str> {
    let of = |table: &[(&str, &'static str)], key: &str| {
        table.iter().find(|(known, _)| *known == key).map(|(_, license)| *license)
    };
    match address(text) {
        Some(address) => of(&ADDRESSES, &address),
        None => of(&NAMES, &normal(text)),
    }
}

fn address(text: &str) -> Option<String> {
    let text = text.trim().to_ascii_lowercase();
    let rest = text.strip_prefix("https://").or(text.strip_prefix("http://"))?;
    let rest = rest.strip_prefix("www.").unwrap_or(rest).trim_end_matches('/');
    let endings = [".txt", ".html", ".php"];
    Some(endings.iter().find_map(|ending| rest.strip_suffix(ending)).unwrap_or(rest).to_owned())
}

/// Lower case, without signs and the words that tell nothing: `The Apache Software License, Version 2.0` and
/// `Apache-2.0` are one.
fn normal(text: &str) -> String {
    let text = text.to_lowercase();
    let words = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let number = |word: &'_ str| word.len() > 1 && word[1..].starts_with(|digit: char| digit.is_ascii_digit());
    let telling = |word: &&str| !["license", "licence", "version", "software", "v"].contains(word);
    let mut words: Vec<&str> = words
        .filter(telling)
        .map(|word| if word.starts_with('v') && number(word) { &word[1..] } else { word })
        .collect();
    if words.first() == Some(&"the") {
        words.remove(0);
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_many_spellings_of_a_licence_are_one() {
        let spellings = [
            "Apache-2.0",
            "The Apache Software License, Version 2.0",
            "Apache License, version 2.0",
            "Apache License v2",
            "Apache 2",
            "http://www.apache.org/licenses/LICENSE-2.0.txt",
            "https://apache.org/licenses/LICENSE-2.0/",
        ];
        for spelling in spellings {
            assert_eq!(normalize(spelling), "Apache-2.0", "{spelling}");
        }
        assert_eq!(normalize("Eclipse Public License - v 2.0"), "EPL-2.0");
        assert_eq!(normalize("GPL2 w/ CPE"), "GPL-2.0-only WITH Classpath-exception-2.0");
        assert_eq!(normalize("LGPL, é 2.1"), "LGPL, é 2.1", "whether later versions count nobody said");
    }

    #[test]
    fn a_bundle_may_have_several_and_commas_in_names() {
        let two = "https://www.apache.org/licenses/LICENSE-2.0.txt, \"MIT\";link=\"https://x\"";
        assert_eq!(of_bundle(two), ["Apache-2.0", "MIT"]);
        assert_eq!(of_bundle("Apache-2.0;link=\"https://x,y\""), ["Apache-2.0"]);
        assert_eq!(of_bundle("The Apache Software License, Version 2.0"), ["Apache-2.0"]);
        assert_eq!(of_bundle("Mine, and yours"), ["Mine, and yours"]);
        assert_eq!(of_bundle("https://example.org/licence"), ["https://example.org/licence"]);
        assert_eq!(of_bundle(" , ;"), Vec::<String>::new());
    }
}
