import NIOCore
import Testing
import Wire

@Suite struct JSONTests {
    @Test func `every kind of value is read`() throws {
        let text = #" {"a": [1, -2.5, "x", true, false, null, {}], "b": {"c": []}} "#
        let expected: JSON = ["a": [1, -2.5, "x", true, false, nil, [:]], "b": ["c": []]]
        #expect(try JSON.parse(text) == expected)
        #expect(try JSON.parse(Array(text.utf8)) == expected)
        #expect(try JSON.parse(Array(text.utf8)[...]) == expected)
        #expect(try JSON.parse(ByteBuffer(string: text)) == expected)
        #expect(try JSON.parse(ByteBuffer(string: text).readableBytesView) == expected)
    }

    @Test func `members keep their order, and of a repeated key the last value counts`() throws {
        let json = try JSON.parse(#"{"z":1,"a":2,"z":3}"#)
        #expect(json.object?.keys == ["z", "a"])
        #expect(json.render() == #"{"z":3,"a":2}"#)
    }

    @Test func `read member by member, a repeated key comes as often as it stands there`() throws {
        let text = ByteBuffer(string: #" {"id":1,"name":"a","i\u0064":[2],"":{"x":1,"x":2}} "#)
        let members = try JSON.parseMembers(text)
        #expect(members.map(\.key) == ["id", "name", "id", ""])
        #expect(members.map(\.value) == [1, "a", [2], ["x": 2]])
        #expect(try JSON.parseMembers(ByteBuffer(string: "{}")).isEmpty)
    }

    @Test(arguments: ["", "[]", "null", "\"a\"", "{", "{} {}", #"{"a":1,}"#, "\u{feff}{}"])
    func `what is no object has no members`(text: String) {
        #expect(throws: JSON.Fault.self) { try JSON.parseMembers(ByteBuffer(string: text)) }
    }

    @Test func `an object with many members is looked up, changed and shortened like a short one`() throws {
        var object = JSON.Object()
        for place in 0..<1000 { object["k\(place)"] = .integer(Int64(place)) }
        for place in stride(from: 0, to: 1000, by: 2) { object["k\(place)"] = nil }
        object["k1"] = "one"
        #expect(object.count == 500)
        #expect(object["k0"] == nil)
        #expect(object["k1"] == "one")
        #expect(object["k999"] == 999)
        #expect(object.keys.first == "k1")
    }

    @Test func `keys that only look alike are two keys`() throws {
        let json = try JSON.parse(#"{"\u00e9":1,"e\u0301":2}"#)
        #expect(json.object?.count == 2)
    }

    @Test func `objects are equal whatever the order of their members`() throws {
        #expect(try JSON.parse(#"{"a":1,"b":2}"#) == JSON.parse(#"{"b":2,"a":1}"#))
        #expect(try JSON.parse(#"{"a":1,"b":2}"#) != JSON.parse(#"{"b":2,"a":2}"#))
        #expect(try JSON.parse(#"{"a":1}"#) != JSON.parse(#"{"a":1,"b":2}"#))
    }

    @Test func `an absent member is told from a null one`() throws {
        let json = try JSON.parse(#"{"a":null}"#)
        #expect(json["a"] == .some(.null))
        #expect(json["a"]?.isNull == true)
        #expect(json["b"] == nil)
        #expect(JSON.string("x")["a"] == nil)
    }

    @Test(arguments: [
        ("0", JSON.integer(0)), ("-0", .number(-0.0)), ("9223372036854775807", .integer(.max)),
        ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .number(9_223_372_036_854_775_808)),
        ("1.0", .number(1)), ("1e3", .number(1000)), ("1E-2", .number(0.01)), ("2.5e+1", .number(25)),
        ("1e-999", .number(0)), ("123456789012345678901234567890", .number(1.2345678901234568e29)),
    ])
    func `a number is read as what it is`(text: String, expected: JSON) throws {
        #expect(try JSON.parse(text) == expected)
    }

    @Test(arguments: [
        (#""\u00e9\u20ac""#, "é€"), (#""\ud83d\ude00""#, "😀"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
        (#""a\u0000b""#, "a\0b"), ("\"\u{7f}\u{2028}\"", "\u{7f}\u{2028}"), (#""\uFFFF""#, "\u{FFFF}"),
        (#""\uDBFF\uDFFF""#, "\u{10FFFF}"),
    ])
    func `escapes in strings are resolved`(text: String, expected: String) throws {
        #expect(try JSON.parse(text).string?.unicodeScalars.elementsEqual(expected.unicodeScalars) == true)
    }

    @Test(arguments: [
        ("", 0), (" ", 1), ("{", 1), ("[1,]", 3), ("[1 2]", 3), ("{\"a\":1,}", 7), ("{\"a\" 1}", 5), ("{a:1}", 1),
        ("01", 0), ("-", 0), ("+1", 0), ("1.", 2), (".5", 0), ("1e", 2), ("1e+", 3), ("tru", 3), ("trux", 0),
        ("nul", 3), ("1 1", 2), ("\"abc", 4), ("\"a\u{0}b\"", 2), ("\"a\nb\"", 2), (#""\x""#, 1), (#""\u12g4""#, 1),
        (#""\ud800""#, 1), (#""\ud800\u0041""#, 1), (#""\udc00""#, 1), (#""\ud800x""#, 1), ("NaN", 0), ("1e999", 0),
        ("\u{feff}1", 0), ("'a'", 0), ("[", 1), ("]", 0), ("{\"a\":}", 5), ("/**/1", 0), ("\u{a0}1", 0), (#""\"#, 2),
    ])
    func `what is not JSON is refused with its place`(text: String, offset: Int) {
        let fault = #expect(throws: JSON.Fault.self) { try JSON.parse(text) }
        #expect(fault?.offset == offset, "\(text): \(fault?.description ?? "")")
    }

    @Test(
        arguments: [
            [0xC0, 0x80], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80],
            [0x80], [0xFF], [0xE2, 0x82], [0xF0, 0x8F, 0xBF, 0xBF], [0xE2, 0x28, 0xA1],
        ] as [[UInt8]])
    func `bytes that are not UTF-8 are refused`(bytes: [UInt8]) {
        let fault = #expect(throws: JSON.Fault.self) {
            try JSON.parse([UInt8(ascii: "\""), UInt8(ascii: "a")] + bytes + [UInt8(ascii: "\"")])
        }
        #expect(fault?.offset == 2)
    }

    @Test func `values stand within one another 128 deep and no deeper`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSON.parse(nested(128))
        #expect(throws: JSON.Fault.self) { try JSON.parse(nested(129)) }
        #expect(throws: JSON.Fault.self) { try JSON.parse(String(repeating: "[{\"a\":", count: 100_000)) }
        _ = try JSON.parse("[" + Array(repeating: "[]", count: 1000).joined(separator: ",") + "]")
    }
}
