import Testing

@testable import Domain

@Suite("What a configuration must be")
struct ConstraintTests {
    private func outcome(_ constraint: JSONValue, _ configuration: JSONValue) throws -> PolicyTrace.Outcome {
        try Mira.judge(["constraints": [constraint]], Mira.wish(configured: configuration)).outcome
    }

    private static let server: JSONValue = [
        "region": "eu", "periodYears": 1, "autoRenew": false, "size": .number(2.5), "amount": "25.00",
        "disks": [["gb": 10], ["gb": 20]], "ports": [80, 443], "none": [], "nested": ["a b": ["c": true]],
    ]

    private static let cases: [(JSONValue, PolicyTrace.Outcome)] = [
        (["jsonPath": "$.region", "in": ["eu", "us"]], .allow), (["jsonPath": "$.region", "in": ["us"]], .deny),
        (["jsonPath": "$.region", "in": []], .deny), (["jsonPath": "$.place", "in": ["eu"]], .deny),
        (["jsonPath": "$.place", "equals": "eu"], .deny), (["jsonPath": "$.place", "max": 1], .allow),
        (["jsonPath": "$.place", "pattern": "x"], .allow), (["jsonPath": "$.autoRenew", "equals": false], .allow),
        (["jsonPath": "$.autoRenew", "equals": true], .deny), (["jsonPath": "$.autoRenew", "equals": 0], .deny),
        (["jsonPath": "$.periodYears", "max": 1], .allow),
        (["jsonPath": "$.periodYears", "max": .number(0.5)], .deny),
        (["jsonPath": "$.periodYears", "min": 1], .allow), (["jsonPath": "$.periodYears", "min": 2], .deny),
        (["jsonPath": "$.periodYears", "min": 1, "max": 3], .allow),
        (["jsonPath": "$.periodYears", "equals": .number(1)], .allow),
        (["jsonPath": "$.periodYears", "pattern": "1"], .deny), (["jsonPath": "$.size", "max": .number(2.5)], .allow),
        (["jsonPath": "$.size", "max": 2], .deny), (["jsonPath": "$.amount", "max": 25], .allow),
        (["jsonPath": "$.amount", "max": 24], .deny), (["jsonPath": "$.region", "max": 24], .deny),
        (["jsonPath": "$['region']", "equals": "eu"], .allow), (["jsonPath": "$[\"region\"]", "equals": "us"], .deny),
        (["jsonPath": "$.disks[0].gb", "max": 10], .allow), (["jsonPath": "$.disks[1].gb", "max": 10], .deny),
        (["jsonPath": "$.disks[2].gb", "max": 10], .allow), (["jsonPath": "$.disks[2].gb", "equals": 10], .deny),
        (["jsonPath": "$.disks[*].gb", "max": 20], .allow), (["jsonPath": "$.disks[*].gb", "max": 19], .deny),
        (["jsonPath": "$.disks[*].kind", "equals": "ssd"], .deny),
        (["jsonPath": "$.ports[*]", "in": [80, 443]], .allow),
        (["jsonPath": "$.ports[*]", "in": [80]], .deny), (["jsonPath": "$.none[*]", "in": [80]], .deny),
        (["jsonPath": "$.none[*]", "max": 1], .allow), (["jsonPath": "$.nested['a b'].c", "equals": true], .allow),
        (["jsonPath": "$.ports", "equals": [80, 443]], .allow), (["jsonPath": "$.region[0]", "equals": "e"], .deny),
        (["jsonPath": "$.region", "pattern": "e."], .allow), (["jsonPath": "$.region", "pattern": "e"], .deny),
        (["jsonPath": "$.region", "in": ["us"], "categories": ["compute"]], .allow),
        (["jsonPath": "$.region", "in": ["us"], "categories": ["domains"]], .deny),
    ]

    @Test("Members are among values, between bounds, equal or like a pattern", arguments: cases.indices)
    func members(index: Int) throws {
        let (constraint, outcome) = Self.cases[index]
        #expect(try self.outcome(constraint, Self.server) == outcome, "\(constraint)")
    }

    @Test("Numbers in texts are only what people write as numbers", arguments: ["nan", "inf", "0x1", "1e3", "", " 1"])
    func oddNumbers(text: String) throws {
        #expect(try outcome(["jsonPath": "$.a", "max": 5000], ["a": .string(text)]) == .deny)
    }

    @Test("An action is judged by what it makes of its service")
    func actions() throws {
        let service = Service(
            id: ID(high: 4, low: 4), account: Mira.account, purchase: ID(high: 5, low: 5), item: Mira.server,
            configuration: ["region": "eu", "image": "debian-12"], quantity: 1, reality: .simulated,
            resource: ResourceRef(provisioner: "simulated", id: "one"), outputs: .null, isTest: false,
            status: .active, createdAt: Mira.noon, updatedAt: Mira.noon)
        let policy: JSONValue = [
            "constraints": [["jsonPath": "$.region", "equals": "eu"], ["jsonPath": "$.image", "pattern": "debian-.*"]]
        ]
        for (image, outcome) in [("debian-13", PolicyTrace.Outcome.allow), ("ubuntu-24.04", .deny)] {
            let action = ManagementAction("server_reinstall", ["image": .string(image)])
            let wish = PolicyWish(action, on: service, isDestructive: true, at: Mira.noon)
            #expect(try Mira.judge(policy, wish).outcome == outcome)
        }
    }

    @Test("Of JSONPath there are members, elements and all elements of a list")
    func paths() {
        for text in ["$", "", "a", "$.", "$..a", "$.a[", "$.a[-1]", "$.a[x]", "$.*", "$['a]", "$.a b", "$[?(@.a)]"] {
            #expect(ConfigurationPath(parsing: text) == nil, "\(text)")
        }
        #expect(ConfigurationPath(parsing: "$['a'][0].b-c[*]") != nil)
    }
}

@Suite("Patterns")
struct TextPatternTests {
    private static let cases: [(String, matches: [String], others: [String])] = [
        ("abc", ["abc"], ["", "ab", "abcd", "xabc"]), ("a*", ["", "a", "aaaa"], ["b", "ab"]),
        ("a+b?", ["a", "ab", "aab"], ["", "b", "abb"]), ("a|bc|", ["a", "bc", ""], ["b", "abc"]),
        ("[a-c0-9_-]+", ["abc-09_"], ["", "d", "A"]), ("[^a-c]", ["d", "漢", "\n"], ["a", "", "dd"]),
        ("[]]", ["]"], ["["]), ("[a\\]\\-]+", ["]-a"], ["\\"]), (".", ["x", "漢"], ["\n", "", "xx"]),
        ("\\d{3}", ["123"], ["12", "1234", "12a", "١٢٣"]), ("\\d{2,}", ["12", "12345"], ["1"]),
        ("\\d{1,3}", ["1", "123"], ["", "1234"]), ("\\w+\\s\\S", ["ab c"], ["ab  ", "a-b c"]),
        ("\\D\\W", ["a-"], ["1-", "aa"]), ("(ab)+", ["ab", "abab"], ["aba", ""]), ("(?:a|b){2}", ["ab", "ba"], ["a"]),
        ("^abc$", ["abc"], ["abc\n", "abcd"]), ("a^b", [], ["ab"]), ("(^a|b)c", ["ac", "bc"], ["abc"]),
        ("a+?", ["aa"], [""]), ("(a*)*", ["", "aaa"], ["b"]), ("(|a){3}", ["", "aaa"], ["aaaa"]),
        ("\\.\\*\\\\", [".*\\"], ["a*\\"]), ("a{0}", [""], ["a"]),
        ("([a-z0-9-]{1,63}\\.)+example", ["a.b.example"], ["example"]),
        ("é", ["é"], ["e"]), ("[\\d-]+", ["1-2"], ["a"]), ("[^\\d]", ["a"], ["1"]), ("", [""], ["a"]),
    ]

    @Test("A pattern matches the whole of a text", arguments: cases.indices)
    func wholeTexts(index: Int) throws {
        let (text, matches, others) = Self.cases[index]
        let pattern = try TextPattern(parsing: text)
        for match in matches { #expect(pattern.matchesAll(of: match), "\(text) “\(match)”") }
        for other in others { #expect(!pattern.matchesAll(of: other), "\(text) “\(other)”") }
    }

    @Test(
        "What is no pattern, or is more than is read here, is refused",
        arguments: [
            "(", ")", "a)", "[a", "*", "a**", "a{", "a{x}", "a{3,1}", "a{1001}", "\\", "\\b", "\\1", "(?=a)", "(?i)a",
            "a++", "[b-a]", "[a-\\d]", "[[:alpha:]]", "}", "((a{100}){100}){100}", "((((){1000}){1000}){1000}){1000}",
            String(repeating: "a", count: 201),
        ])
    func refused(text: String) {
        #expect(throws: TextPattern.Fault.self) { try TextPattern(parsing: text) }
    }

    @Test("A text that means harm takes as long as any other")
    func harm() throws {
        let long = String(repeating: "a", count: 1000)
        for text in ["(a+)+b", "(a|a)*b", "(a|aa)+b", "a*a*a*a*a*a*b", "(a?){100}a{100}b", "(.*)(.*)(.*)(.*)b"] {
            let pattern = try TextPattern(parsing: text)
            let elapsed = ContinuousClock().measure { #expect(!pattern.matchesAll(of: long)) }
            #expect(elapsed < .seconds(20), "\(text)")
        }
    }

    @Test("Longer texts than a thousand letters match nothing")
    func longTexts() throws {
        for (count, outcome) in [(1000, PolicyTrace.Outcome.allow), (1001, .deny)] {
            let text = JSONValue.string(String(repeating: "a", count: count))
            let policy: JSONValue = ["constraints": [["jsonPath": "$.a", "pattern": "a*"]]]
            #expect(try Mira.judge(policy, Mira.wish(configured: ["a": text])).outcome == outcome)
        }
    }
}
