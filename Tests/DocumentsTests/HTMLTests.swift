import Domain
import Testing

@Suite struct HTMLTests {
    private func text(_ page: String) async throws -> String {
        try await Desk.read(page, "a.html", by: Splitting(.none, quantity: 0, overlap: 0)).texts.joined(separator: "¶")
    }

    @Test func aPageBecomesItsWords() async throws {
        let page = """
            <!DOCTYPE html><html><head><title>Rialto</title><style>p { color: red }</style></head>
            <body><nav><a href="/">Home</a></nav><h1>The <em>bridge</em></h1>
            <p>It is old,
               and made of stone.</p><script>if (a < b) { alert("<p>") }</script>
            <ul><li>shops</li><li>boats</li></ul>
            <table><tr><th>Year<th>Event</tr><tr><td>1591<td>Finished</td></tr></table>
            <pre>
              kept   as
                it is</pre><img src="x.png" alt="A boat"></body></html>
            """
        let found = try await text(page)
        #expect(
            found == """
                Rialto

                The bridge

                It is old, and made of stone.

                - shops
                - boats

                Year | Event
                1591 | Finished

                  kept   as
                    it is

                A boat
                """)
    }

    @Test func entitiesAreCharacters() async throws {
        #expect(
            try await text(
                "<p>caff&egrave;&nbsp;&lt;b&gt; &amp;amp; &#8364;&#x1F600; &omega;&Omega; &nope; a&b &#xD800;")
                == "caffè <b> &amp; €😀 ωΩ &nope; a&b &#xD800;")
    }

    @Test func headingsAreThePath() async throws {
        let words = "Words that fill a line until there are enough of them to stand alone."
        let page = "<h1>A &amp; B</h1><h2>One</h2><p>\(words)<h2><a href='#'>Two</a></h2><p>\(words)<h1>C</h1>\(words)"
        let cuttings = try await Desk.syntactic(page, "a.html", 30)
        #expect(cuttings.headings == ["A & B › One", "A & B › Two", "C"])
    }

    @Test(
        "What is not closed takes nothing with it",
        arguments: [
            ("<script>word", "word"), ("<nav>word", "word"), ("word <!-- more", "word <!-- more"),
            ("a < b and c > d", "a < b and c > d"), ("<p title=\"x>word", "word"), ("word <a href=", "word <a href="),
            ("<b>word", "word"), ("<script>only()</script>", "<script>only()</script>"),
        ])
    func faults(page: String, words: String) async throws {
        #expect(try await text(page) == words)
    }
}
