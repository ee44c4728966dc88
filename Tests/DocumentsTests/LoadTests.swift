import Documents
import Domain
import Testing

/// Documents that were made to take time, memory or the stack: what is not linear takes minutes.
@Suite(.timeLimit(.minutes(2))) struct LoadTests {
    private static let count = 200_000

    @Test(
        arguments: [
            ("a.txt", "x"), ("a.txt", "a "), ("a.txt", "\n"), ("a.txt", "漢"), ("a.md", "```\n"), ("a.md", "# a\n"),
            ("a.md", "###### "), ("a.md", "a\n=\n"), ("a.html", "<a "), ("a.html", "<a ='"), ("a.html", "<script>"),
            ("a.html", "<!--"), ("a.html", "<nav></na"), ("a.html", "&"), ("a.html", "<h1>"), ("a.html", "<div>"),
            ("a.html", "</"), ("a.json", "["), ("a.json", "{\"a\":"), ("a.json", "\""), ("a.jsonl", "[]\n"),
            ("a.yaml", "- "), ("a.yaml", "a: "), ("a.yaml", "a:\n"), ("a.yaml", "? "), ("a.csv", "\""),
            ("a.csv", "\"\n"), ("a.csv", ","), ("a.swift", "{"), ("a.swift", "struct A {\n"), ("a.swift", "/*"),
            ("a.swift", "@a("), ("a.swift", "\"\"\"\n"), ("a.py", "class A:\n"), ("a.py", "("), ("a.js", "/"),
            ("a.js", "`${"), ("a.sh", "<<A "), ("a.rs", "'"), ("a.sql", "$$ "), ("a.cpp", "a::"), ("a.rb", "def a\n"),
        ])
    func theSameAgainAndAgain(name: String, crumb: String) async throws {
        let text = String(repeating: crumb, count: Self.count / crumb.utf8.count) + " end"
        let cuttings = try await Desk.read(
            text, name, by: Splitting(.syntactic, quantity: 512, overlap: 64),
            limits: DocumentLimits(passages: Self.count))
        #expect(cuttings.last?.text.contains("end") == true)
    }

    @Test func whatIsDeepIsNoDeeperThanItsText() async throws {
        let half = 100_000
        let text = String(repeating: "[", count: half) + String(repeating: "]", count: half)
        let cuttings = try await Desk.syntactic(text, "a.json")
        #expect(cuttings.ink == text)
        #expect(cuttings.allSatisfy { $0.heading.count < 200 })
    }
}
