import NIOCore
import Testing
import Wire

/// One part with all its content.
struct PlainPart: Equatable {
    var name: String
    var filename: String?
    var contentType = "text/plain"
    var content: [UInt8]
    var isEnded = true
}

extension MultipartParser {
    mutating func parts(_ pieces: some Sequence<some Sequence<UInt8>>) throws -> [PlainPart] {
        var parts: [PlainPart] = []
        for piece in pieces {
            try feed(ByteBuffer(bytes: piece)) { event in
                switch event {
                case .partBegan(let part):
                    parts.append(
                        PlainPart(
                            name: part.name, filename: part.filename, contentType: part.contentType, content: [],
                            isEnded: false))
                case .partBytes(let bytes): parts[parts.count - 1].content += Array(bytes.readableBytesView)
                case .partEnded: parts[parts.count - 1].isEnded = true
                }
            }
        }
        try finish()
        return parts
    }
}

@Suite struct MultipartTests {
    static let limits = Multipart.Limits(partCount: 10, partHeaderBytes: 500)

    private func parts(_ body: String, limits: Multipart.Limits = limits) throws -> [PlainPart] {
        var whole = MultipartParser(boundary: "X", limits: limits)
        let parts = try whole.parts([Array(body.utf8)])
        for cut in 0...body.utf8.count {
            var parser = MultipartParser(boundary: "X", limits: limits)
            let bytes = Array(body.utf8)
            #expect(try parser.parts([bytes[..<cut], bytes[cut...]]) == parts, "cut at \(cut)")
        }
        var slow = MultipartParser(boundary: "X", limits: limits)
        #expect(try slow.parts(body.utf8.map { [$0] }) == parts)
        return parts
    }

    private func fault(_ body: String, limits: Multipart.Limits = limits) -> Multipart.Fault? {
        var whole = MultipartParser(boundary: "X", limits: limits)
        let fault = #expect(throws: Multipart.Fault.self) { try whole.parts([Array(body.utf8)]) }
        var slow = MultipartParser(boundary: "X", limits: limits)
        let slowFault = #expect(throws: Multipart.Fault.self) { try slow.parts(body.utf8.map { [$0] }) }
        #expect(slowFault == fault)
        return fault
    }

    private func one(_ headers: String, _ content: String = "x") -> String {
        "--X\r\n\(headers)\r\n\r\n\(content)\r\n--X--\r\n"
    }

    @Test func `fields and files come in their order, repeated names too`() throws {
        let body =
            "preamble\r\n--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n"
            + "--X \t\r\ncontent-disposition: FORM-DATA; NAME=a; filename=\"a.txt\"\r\nContent-Type: text/csv\r\n"
            + "Content-Transfer-Encoding: base64\r\n\r\ntwo\r\n\r\n--X--\r\nepilogue\r\n--X\r\n"
        #expect(
            try parts(body) == [
                PlainPart(name: "a", content: Array("one".utf8)),
                PlainPart(name: "a", filename: "a.txt", contentType: "text/csv", content: Array("two\r\n".utf8)),
            ])
    }

    @Test func `content that looks like a boundary is content`() throws {
        let content = "\r\r\n\r\n-\r\n--\r\n--Y\r\n--\r\n --X --X\n--X\r--X"
        #expect(try parts(one("Content-Disposition: form-data; name=a", content))[0].content == Array(content.utf8))
    }

    @Test func `a part may be empty, and a body may hold none`() throws {
        #expect(try parts(one("Content-Disposition: form-data; name=a", ""))[0].content.isEmpty)
        #expect(
            try parts("--X\r\nContent-Disposition: form-data; name=a\r\n\r\n--X--")
                == [PlainPart(name: "a", content: [])])
        #expect(try parts("--X--").isEmpty)
    }

    @Test(arguments: [
        (#"name="a%22b%0d%0Ac%25""#, "a\"b\r\nc%25", nil), (#"name="a\"b\\c\d""#, #"a"b\c\d"#, nil),
        (#"name="""#, "", nil), (#"name=a; filename="""#, "a", ""), (#"name=a; filename=b.txt"#, "a", "b.txt"),
        (#"name=a; filename="../../etc/passwd""#, "a", "passwd"), (#"name=a; filename="C:\dir\b.txt""#, "a", "b.txt"),
        (#"name=a; filename="..""#, "a", ""), (#"name=a; filename="b%0D%0Ac""#, "a", "bc"),
        (#"name=a; filename*=UTF-8''%e2%82%ac.txt"#, "a", "€.txt"), (#"name=a; filename="日本.png""#, "a", "日本.png"),
        (#"name=a; filename="x.txt"; filename*=UTF-8''y.txt"#, "a", "x.txt"),
        (#"name=a; ; filename="a;b" ;"#, "a", "a;b"),
        (#"name = "a" ; filename = b"#, "a", "b"),
    ])
    func `names are read as browsers write them`(parameters: String, name: String, filename: String?) throws {
        let parts = try parts(one("Content-Disposition: form-data; \(parameters)"))
        #expect(parts == [PlainPart(name: name, filename: filename, content: [0x78])])
    }

    @Test(arguments: [
        "X-A: b", "Content-Disposition: attachment; name=a", "Content-Disposition: form-data",
        "Content-Disposition: form-data; filename=a", "Content-Disposition form-data; name=a",
        ": form-data; name=a", "Content-Disposition: form-data;\r\n name=a", "Content Disposition: form-data; name=a",
        "Content-Disposition: form-data; name=\"a", "Content-Disposition: form-data; name=\"a\"b",
        "Content-Disposition: form-data; name=a; name=b", "Content-Disposition: form-data; name",
        "Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b",
        "Content-Disposition: form-data; name=a\nX-A: b", "Content-Disposition: form-data; name=a\rX-A: b",
        "Content-Disposition: form-data; name=\"a\u{0}\"", "Content-Disposition: form-data; name=a; filename*=x",
        "Content-Disposition: form-data; name=\"", "Content-Disposition: form-data; name=a\r\n\tX: y",
    ])
    func `a part with malformed headers is refused`(headers: String) {
        #expect(fault(one(headers))?.reason == .malformed)
    }

    @Test func `headers that are not UTF-8 are refused`() {
        var parser = MultipartParser(boundary: "X", limits: Self.limits)
        let body =
            Array("--X\r\nContent-Disposition: form-data; name=".utf8) + [0xFF] + Array("\r\n\r\n\r\n--X--".utf8)
        #expect(throws: Multipart.Fault.self) { try parser.parts([body]) }
    }

    @Test(arguments: [
        "", "--", "no boundary at all", "--X", "--X\r", "--X\r\n", "--X-", "--X-x", "--Xx\r\n", "--X\rx", "--X\n",
        "--X -",
        "--X\r\n\r\nx\r\n--X--", "--X\r\nContent-Disposition: form-data; name=a\r\n\r\nx",
        "--X\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--X", " --X--", "\n--X--",
        "--X\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--Xy\r\n--X--",
    ])
    func `a body that is cut off or misses its boundary is refused`(body: String) {
        #expect(fault(body)?.reason == .malformed)
    }

    @Test func `every limit has its fault`() {
        let field = "--X\r\nContent-Disposition: form-data; name=a\r\n\r\n0123456789\r\n"
        let file = "--X\r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\n0123456789\r\n"
        func tooLarge(_ body: String, _ change: (inout Multipart.Limits) -> Void) -> Bool {
            var limits = Self.limits
            change(&limits)
            return fault(body + "--X--", limits: limits)?.reason == .tooLarge
        }
        #expect(tooLarge(field + field + field) { $0.partCount = 2 })
        #expect(tooLarge(field) { $0.partHeaderBytes = 37 })
        #expect(tooLarge("--X\r\nX-A: \(String(repeating: "a", count: 501))") { _ in })
        #expect(tooLarge("--X\r\n" + String(repeating: "A: b\r\n", count: 40)) { $0.partHeaderBytes = 100 })
        #expect(tooLarge(one(String(repeating: "A: b\r\n", count: 40) + "B: c")) { _ in })
        #expect(tooLarge(field) { $0.fieldBytes = 9 })
        #expect(tooLarge(file) { $0.fileBytes = 9 })
        #expect(tooLarge(file) { $0.bodyBytes = 50 })
    }

    @Test func `what is as large as the limit is accepted`() throws {
        let headers = "Content-Disposition: form-data; name=a"
        let limits = Multipart.Limits(
            partCount: 1, partHeaderBytes: headers.utf8.count, partHeaderLines: 1, fieldBytes: 10, fileBytes: 0,
            bodyBytes: one(headers, "0123456789").utf8.count)
        #expect(try parts(one(headers, "0123456789"), limits: limits).count == 1)
    }

    @Test func `after a fault the parser stays at it`() {
        var parser = MultipartParser(boundary: "X", limits: Self.limits)
        #expect(throws: Multipart.Fault.self) { try parser.parts([Array("--X\n".utf8)]) }
        #expect(throws: Multipart.Fault.self) { try parser.parts([Array("--X--".utf8)]) }
        #expect(throws: Multipart.Fault.self) { try parser.finish() }
    }

    @Test func `content is handed on in slices of what was fed`() throws {
        var parser = MultipartParser(boundary: "X", limits: Self.limits)
        let body = ByteBuffer(
            string: one("Content-Disposition: form-data; name=a", String(repeating: "y", count: 1000)))
        var slices = 0
        try parser.feed(body) { event in
            guard case .partBytes(let bytes) = event else { return }
            slices += 1
            #expect(bytes.readableBytes == 1000)
        }
        #expect(slices == 1)
    }
}
