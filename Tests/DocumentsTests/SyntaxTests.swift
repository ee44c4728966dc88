import Domain
import Testing

@Suite struct SyntaxTests {
    private let filler = "Words that fill a line until there are enough of them to stand alone."

    @Test func markdownIsCutAtItsHeadings() async throws {
        let text = """
            # Guide

            ## Install

            Choose.

            ### Linux
            \(filler)

            ### macOS ###
            \(filler)

            Use
            ===
            \(filler)
            """
        let cuttings = try await Desk.syntactic(text, "a.md", 40)
        #expect(cuttings.headings == ["Guide › Install › Linux", "Guide › Install › macOS", "Use"])
        #expect(cuttings.map(\.line) == [1, 10, 13])
        #expect(cuttings.first?.text.hasPrefix("# Guide\n\n## Install\n\nChoose.") == true)
    }

    @Test func tinyNeighboursStayTogether() async throws {
        let text = "# Rooms\n\n## Red\nA chair.\n\n## Blue\nA table.\n\n## Green\n\(filler) \(filler) \(filler)\n"
        let cuttings = try await Desk.syntactic(text, "a.md", 128)
        #expect(cuttings.headings == ["Rooms › Red … Blue", "Rooms › Green"])
    }

    @Test func fencedCodeAndTablesStayWhole() async throws {
        let code = "```sh\n# no heading\n\nrun one\n\nrun two\n```"
        let table = "| name | size |\n|---|---|\n| one | 1 |\n| two | 2 |"
        let text = "# A\n\n\(filler)\n\n\(code)\n\n\(filler)\n\n\(table)\n\n\(filler)"
        let cuttings = try await Desk.syntactic(text, "a.md", 24)
        #expect(cuttings.headings.allSatisfy { $0 == "A" })
        #expect(cuttings.texts.contains { $0.contains(code) })
        #expect(cuttings.texts.contains { $0.contains(table) })
    }

    @Test func settingsBeforeTheTextAreNoHeading() async throws {
        let cuttings = try await Desk.syntactic("---\ntitle: x\n---\n\n# A\n\(filler)\n\n# B\n\(filler)", "a.md", 30)
        #expect(cuttings.headings == ["A", "B"])
        #expect(cuttings[0].text.hasPrefix("---\ntitle: x\n---\n\n# A\n"))
    }

    @Test func plainTextIsCutBetweenParagraphs() async throws {
        let text = "\(filler)\n\n\(filler)\n\n\(filler)"
        let cuttings = try await Desk.syntactic(text, "a.txt", 40)
        #expect(cuttings.texts == ["\(filler)\n\n\(filler)", filler])
    }

    @Test func aLongParagraphIsCutAfterSentencesAndRepeatsTheLastOnes() async throws {
        let text = (1...40).map { "This is sentence number \($0)." }.joined(separator: " ")
        let cuttings = try await Desk.read(text, "a.txt", by: Splitting(.syntactic, quantity: 50, overlap: 10))
        #expect(cuttings.count > 5)
        #expect(cuttings.texts.allSatisfy { $0.hasSuffix(".") })
        for (one, next) in zip(cuttings, cuttings.dropFirst()) {
            #expect(one.text.hasSuffix(next.text.prefix(12)) || one.text.contains(next.text.prefix(12)))
        }
    }

    @Test func jsonIsCutByKeysAndElements() async throws {
        let text = """
            {
              "name": "rialto",
              "servers": {
                "production": {"url": "\(filler)", "ports": [1, 2]},
                "staging": {"url": "\(filler)", "ports": [3]}
              },
              "users": [
                {"name": "Ada", "about": "\(filler)"},
                {"name": "Bob", "about": "\(filler)"}
              ]
            }
            """
        let cuttings = try await Desk.syntactic(text, "a.json", 44)
        #expect(
            cuttings.headings == ["name", "servers › production", "servers › staging", "users › [0]", "users › [1]"])
        #expect(cuttings.ink == Desk.ink(text))
        #expect(try await Desk.syntactic(text, "a.json").headings == [""])
    }

    @Test func linesOfJSONAreRecords() async throws {
        let text = (1...6).map { #"{"id": \#($0), "about": "\#(filler)"}"# }.joined(separator: "\n")
        let cuttings = try await Desk.syntactic(text, "a.jsonl", 60)
        #expect(cuttings.texts.map { $0.split(separator: "\n").count } == [2, 2, 2])
    }

    @Test(arguments: ["{\"a\": [1, 2", "{a: 1}}", "[1 2]", "{\"a\" 1}", "\"open", "{,}", "[1,]x"])
    func brokenJSONIsReadAsText(text: String) async throws {
        #expect(try await Desk.syntactic(text, "a.json").texts == [text])
    }

    @Test func yamlIsCutByKeysAndElements() async throws {
        let text = """
            # Where it runs.
            servers:
              production:
                url: \(filler)
                note: |
                  key: not one
                  \(filler)
              staging:
                url: \(filler) \(filler)
            users:
            - name: Ada
              about: \(filler) \(filler)
            - name: Bob
              about: \(filler) \(filler)
            """
        let cuttings = try await Desk.syntactic(text, "a.yaml", 64)
        #expect(cuttings.headings == ["servers › production", "servers › staging", "users › [0]", "users › [1]"])
        #expect(cuttings.first?.text.hasPrefix("# Where it runs.\nservers:") == true)
        #expect(cuttings.map(\.line) == [1, 8, 10, 13])
    }

    @Test func rowsHaveTheirHeaderInEveryPassage() async throws {
        let rows = (1...12).map { "\($0),\"name, \($0)\nof two lines\",\"say \"\"yes\"\"\"" }
        let text = "id,name,words\n" + rows.joined(separator: "\n")
        let cuttings = try await Desk.syntactic(text, "a.csv", 40)
        #expect(cuttings.count > 3)
        #expect(cuttings.texts.allSatisfy { $0.hasPrefix("id,name,words\n") && $0.hasSuffix("\"\"\"") })
        #expect(cuttings[1].line > 3)
    }

    @Test func aQuoteThatNeverEndsDoesNotSwallowTheRows() async throws {
        let text = "a,b\n1,\"open\n" + (1...40).map { "\($0),\($0)" }.joined(separator: "\n")
        #expect(try await Desk.syntactic(text, "a.csv", 32).count > 2)
    }
}
