import Testing
import Wire

@Suite struct MultipartBoundaryTests {
    @Test(arguments: [
        ("multipart/form-data; boundary=abc", "abc"),
        ("Multipart/Form-Data;BOUNDARY=\"a b'()+_,-./:=?c\"", "a b'()+_,-./:=?c"),
        (
            "multipart/form-data; charset=utf-8; boundary=----WebKitFormBoundary7MA4YWxk",
            "----WebKitFormBoundary7MA4YWxk"
        ),
        ("multipart/form-data ; boundary = a=b ; x=\"y;boundary=z\"", "a=b"),
        ("multipart/form-data; boundary=" + String(repeating: "a", count: 70), String(repeating: "a", count: 70)),
    ])
    func `the boundary is read from the content type`(contentType: String, boundary: String) throws {
        #expect(try Multipart.boundary(fromContentType: contentType) == boundary)
    }

    @Test(arguments: [
        "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=\"a \"", "multipart/form-data; boundary=é",
        "multipart/form-data; boundary=a\"b",
        "multipart/form-data; boundary=a; boundary=b", "multipart/form-data; boundary=\"a",
        "multipart/form-data; boundary",
        "multipart/form-data; boundary=" + String(repeating: "a", count: 71),
        "multipart/form-data; boundary=\"a\r\nb\"",
    ])
    func `a boundary that cannot be one is refused`(contentType: String) {
        let fault = #expect(throws: Multipart.Fault.self) { try Multipart.boundary(fromContentType: contentType) }
        #expect(fault?.reason == .malformed)
    }

    @Test(arguments: ["", "application/json", "multipart/mixed; boundary=a", "text/plain; x=multipart/form-data"])
    func `another content type is told apart`(contentType: String) {
        let fault = #expect(throws: Multipart.Fault.self) { try Multipart.boundary(fromContentType: contentType) }
        #expect(fault?.reason == .notMultipart)
    }
}
