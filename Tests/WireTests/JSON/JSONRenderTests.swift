import NIOCore
import Testing
import Wire

@Suite struct JSONRenderTests {
    @Test func `a value is written on one line without needless space`() {
        let json: JSON = ["a": [1, 2.5, "x\n", true, nil], "b": [:], "c": []]
        #expect(json.render() == #"{"a":[1,2.5,"x\n",true,null],"b":{},"c":[]}"#)
    }

    @Test func `only what must be escaped is escaped, and what some clients take for the end of a line`() {
        let text = "\"\\/\u{8}\u{c}\n\r\t\u{0}\u{1f} é😀\u{7f}\u{85}\u{2028}\u{2029}\u{a8}\u{2027}\u{202a}<>&'"
        let expected =
            "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f é😀\u{7f}\\u0085\\u2028\\u2029\u{a8}\u{2027}\u{202a}<>&'\""
        #expect(JSON.string(text).render().unicodeScalars.elementsEqual(expected.unicodeScalars))
    }

    @Test func `escaping finds every special byte at every place of a word`() throws {
        for length in 0..<20 {
            for place in 0...length {
                for special in ["\"", "\\", "\u{1f}", "\n", "é", "\u{7f}", " ", "!", "\u{2028}", "\u{85}"] {
                    let text =
                        String(repeating: "a", count: place) + special + String(repeating: "é", count: length - place)
                    var buffer = ByteBuffer()
                    JSON.quote(text, into: &buffer)
                    #expect(try JSON.parse(buffer).string == text)
                }
            }
        }
    }

    @Test(arguments: [
        (0.1, "0.1"), (1e21, "1e+21"), (.leastNonzeroMagnitude, "5e-324"), (-0.0, "-0.0"), (100.0, "100.0"),
        (.nan, "null"),
        (.infinity, "null"), (1.7976931348623157e308, "1.7976931348623157e+308"),
    ])
    func `doubles are as short as can be read back`(value: Double, expected: String) {
        #expect(JSON.number(value).render() == expected)
    }

    @Test func `a string that was bridged from elsewhere is escaped like any other`() {
        var buffer = ByteBuffer()
        JSON.escape(String("a\"b".reversed()), into: &buffer)
        #expect(String(buffer: buffer) == "b\\\"a")
    }
}
