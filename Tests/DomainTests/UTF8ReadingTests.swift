import Testing

@testable import Domain

/// What is UTF-8, wherever the pieces end.
@Suite struct UTF8ReadingTests {
    /// Every lead byte with the edges of what may follow it, and what may not.
    private static let texts: [[UInt8]] = {
        let edges: [UInt8] = [
            0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xF4, 0xFF,
        ]
        var texts: [[UInt8]] = [[]]
        for lead in UInt8.min ... .max {
            texts.append([lead])
            for second in edges {
                texts.append([lead, second])
                for third in edges {
                    texts.append([lead, second, third])
                    for fourth in [0x41, 0x80, 0xBF, 0xC0] as [UInt8] { texts.append([lead, second, third, fourth]) }
                }
            }
        }
        return texts
    }()

    private func isText(_ pieces: [UInt8]...) -> Bool {
        var reading = UTF8Reading()
        return pieces.allSatisfy { reading.take($0) } && reading.isBetweenCharacters
    }

    @Test func itAgreesWithTheLanguageAboutEveryCharacter() {
        for text in Self.texts {
            let expected = String(validating: text, as: UTF8.self) != nil
            if isText(text) != expected { Issue.record("\(text) is \(expected ? "" : "not ")UTF-8") }
        }
    }

    @Test func itDoesNotMatterWhereThePiecesEnd() {
        for text in Self.texts {
            let whole = isText(text)
            for place in 0...text.count where isText(Array(text[..<place]), Array(text[place...])) != whole {
                Issue.record("\(text) is read differently in two pieces of \(place) and \(text.count - place)")
            }
        }
    }
}
