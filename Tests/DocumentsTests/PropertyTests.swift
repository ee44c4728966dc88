import Domain
import Testing

/// What is true of every document.
@Suite struct PropertyTests {
    private static let endings = [
        "txt", "md", "json", "jsonl", "yaml", "csv", "swift", "py", "js", "java", "kt", "cs", "go", "rs", "cpp", "rb",
        "php", "sh", "sql", "scala",
    ]
    private static let crumbs = [
        "# Title", "## Sub", "===", "---", "```", "~~~", "| a | b |", "- item", "  - name: x", "key: value", "{", "}",
        "[1, 2,", "\"a\": 1,", "]", "\"open", "'", "a,b,\"c", "func go() {", "def go(self):", "class Thing:",
        "class Thing {", "    return 1", "        deep", "/* open", "*/", "// note", "# note", "\"\"\"", "@mark",
        "#[mark]", "", "", "   ", "\t", "Some words. And more words! 漢字。かな", "end", "<<EOF", "EOF", "select 1;",
        "create table t (", ");", "fn go() -> i32 {", "text: |", "`x${", "--", "impl A for B {", "é👨‍👩‍👧",
    ]

    private static func document(_ dice: inout Dice) -> String {
        (0..<Int.random(in: 1...60, using: &dice)).map { _ in
            let crumb = crumbs.randomElement(using: &dice) ?? ""
            let times = Int.random(in: 0...9, using: &dice) == 0 ? 20 : 1
            return Array(repeating: crumb, count: times).joined(
                separator: times > 1 && crumb.count % 2 == 0 ? "\n" : " ")
        }.joined(separator: "\n")
    }

    @Test(arguments: endings)
    func everyLineIsInSomePassage(ending: String) async throws {
        for seed in 0..<60 as Range<UInt64> {
            var dice = Dice(seed)
            let text = Self.document(&dice)
            guard !Desk.ink(text).isEmpty else { continue }
            let quantity = [16, 64, 512].randomElement(using: &dice) ?? 64
            let overlap = [0, quantity / 4, quantity - 1].randomElement(using: &dice) ?? 0
            let splitting = Splitting(.syntactic, quantity: quantity, overlap: overlap)
            let cuttings = try await Desk.read(text, "a.\(ending)", by: splitting)
            #expect(try await Desk.read(text, "a.\(ending)", by: splitting) == cuttings)
            let all = Set(cuttings.flatMap { $0.text.split(separator: "\n").map { Desk.ink(String($0)) } })
            let lines = text.split(separator: "\n").map { Desk.ink(String($0)) }
            for line in lines where !line.isEmpty {
                // JSON is cut between values; other lines only where one alone is too long.
                guard !ending.hasPrefix("json"), TokenEstimate.tokens(in: line) < quantity / 3 else { continue }
                let isThere = all.contains(line)
                #expect(isThere, "seed \(seed): \(line)")
            }
            if overlap == 0, ending != "csv" { #expect(cuttings.ink == Desk.ink(text), "seed \(seed)") }
            try check(cuttings, of: text, quantity: quantity, hasHeader: ending == "csv")
        }
    }

    private func check(_ cuttings: [Cutting], of text: String, quantity: Int, hasHeader: Bool) throws {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for cutting in cuttings {
            #expect(!Desk.ink(cutting.text).isEmpty)
            #expect(TokenEstimate.tokens(in: cutting.text) <= quantity)
            let first = Desk.ink(String(cutting.text.prefix { $0 != "\n" }))
            try #require(lines.indices.contains(cutting.line - 1))
            #expect(Desk.ink(String(lines[cutting.line - 1])).contains(first) || hasHeader)
        }
    }

    @Test(arguments: [Splitting.Strategy.none, .lines, .tokens, .characters])
    func everyStrategyKeepsEverything(strategy: Splitting.Strategy) async throws {
        for seed in 0..<100 as Range<UInt64> {
            var dice = Dice(seed)
            let text = Self.document(&dice)
            guard !Desk.ink(text).isEmpty else { continue }
            let cuttings = try await Desk.read(text, "a.txt", by: Splitting(strategy, quantity: 7, overlap: 0))
            #expect(cuttings.ink == Desk.ink(text))
        }
    }

    @Test func everyPageOfHTMLIsRead() async throws {
        let crumbs = [
            "<p>", "</p>", "<h1>", "</h1>", "<h2 class='x'>", "<script>", "</script>", "<pre>", "</pre>", "<td>",
            "<tr>",
            "<li>", "<!--", "-->", "<", ">", "\"", "&amp;", "&nope;", "&#x1F600;", "<a href=\"", "<nav>", "</nav>",
            "word",
            "more words", " ", "\n", "<br>", "<img alt=x>", "<!", "</", "<style>",
        ]
        for seed in 0..<500 as Range<UInt64> {
            var dice = Dice(seed)
            let page = "word" + (0..<40).map { _ in crumbs.randomElement(using: &dice) ?? "" }.joined()
            let cuttings = try await Desk.syntactic(page, "a.html", 16)
            #expect(cuttings.allSatisfy { !Desk.ink($0.text).isEmpty })
        }
    }
}
