//! Which characters make names and raised numbers, and one spelling for letters with a mark.

/// True for a character a name may begin with.
pub(super) fn begins_name(character: char) -> bool {
    (character.is_alphabetic() || character == '_' || character == '∞') && raised(character).is_none()
}

/// True for a character a name may go on with: letters, digits, subscripts, combining marks.
pub(super) fn continues_name(character: char) -> bool {
    begins_name(character)
        || is_combining(character)
        || is_subscript(character)
        || (character.is_numeric() && raised(character).is_none())
}

/// True for marks that are put on the letter before them, such as the circumflex of `x̂`.
pub(super) fn is_combining(character: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&character)
}

/// True for `₀` to `₉` and the small letters below the line.
pub(super) fn is_subscript(character: char) -> bool {
    ('₀'..='₉').contains(&character)
        || ('\u{2090}'..='\u{209c}').contains(&character)
        || ('\u{1d62}'..='\u{1d6a}').contains(&character)
        || character == 'ⱼ'
}

/// The plain character of a raised one: `2` of `²`, `-` of `⁻`, `n` of `ⁿ`.
pub(super) fn raised(character: char) -> Option<char> {
    Some(match character {
        '⁰' => '0',
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '⁴' => '4',
        '⁵' => '5',
        '⁶' => '6',
        '⁷' => '7',
        '⁸' => '8',
        '⁹' => '9',
        '⁺' => '+',
        '⁻' => '-',
        'ⁿ' => 'n',
        'ⁱ' => 'i',
        'ᵀ' => 'T',
        _ => return None,
    })
}

/// One spelling for a letter and its mark: `y` followed by a combining circumflex is `ŷ`.
pub(super) fn normalise(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        if let Some(joined) = result.chars().next_back().and_then(|letter| precomposed(letter, character)) {
            result.pop();
            result.push(joined);
        } else {
            result.push(character);
        }
    }
    result
}

/// The single character of a letter with a mark, where there is one.
fn precomposed(letter: char, mark: char) -> Option<char> {
    let (plain, marked) = match mark {
        '\u{302}' => ("aceghijosuwyzACEGHIJOSUWYZ", "âĉêĝĥîĵôŝûŵŷẑÂĈÊĜĤÎĴÔŜÛŴŶẐ"),
        '\u{303}' => ("anouiyvANOUIYV", "ãñõũĩỹṽÃÑÕŨĨỸṼ"),
        '\u{304}' => ("aeiouyAEIOUY", "āēīōūȳĀĒĪŌŪȲ"),
        _ => return None,
    };
    let index = plain.chars().position(|candidate| candidate == letter)?;
    marked.chars().nth(index)
}
