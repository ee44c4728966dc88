import Domain
import Testing
import Wire

@testable import Surfaces

/// What an input may be, and how it is told what it may not.
@Suite struct InputTests {
    private static let record: [InputField] = [
        .required("type", .word(["A", "MX"]), "Its type."),
        .required("values", .list(.text(longest: 5), most: 2), "Its values."),
        .optional("ttl", .integer(30...600), "Seconds."),
    ]
    private static let fields: [InputField] = [
        .required("serviceId", .id, "The service."), .optional("record", .object(record), "The record."),
        .optional("amountUsd", .dollars, "Dollars."), .optional("enabled", .flag, "Whether."),
        .optional("since", .moment, "From then on."), .optional("country", .matching("[A-Z]{2}"), "Letters."),
        .optional("configuration", .free, "Anything."),
    ]

    /// The field that an input is refused for.
    private func fault(_ json: String) throws -> String? {
        let object = try #require(try JSON.parse(json).object)
        do {
            try InputField.check(object, Self.fields)
            return nil
        } catch {
            #expect(error.reason == .invalid)
            #expect(error.message.contains(error.field ?? "?"))
            return error.field
        }
    }

    @Test(
        "What fits is taken",
        arguments: [
            #"{"serviceId":"x"}"#, #"{"serviceId":"x","record":{"type":"A","values":["1","22222"],"ttl":30}}"#,
            #"{"serviceId":"x","amountUsd":10}"#, #"{"serviceId":"x","amountUsd":10.25}"#,
            #"{"serviceId":"x","amountUsd":"10.5"}"#, #"{"serviceId":"x","enabled":null}"#,
            #"{"serviceId":"x","since":"2027-01-01T00:00:00Z"}"#, #"{"serviceId":"x","country":"PT"}"#,
            #"{"serviceId":"x","configuration":{"a":[1,{}]}}"#,
        ])
    func fits(_ json: String) throws {
        #expect(try fault(json) == nil)
    }

    @Test(
        "What does not fit is named by its place",
        arguments: [
            (#"{}"#, "serviceId"), (#"{"serviceId":null}"#, "serviceId"), (#"{"serviceId":7}"#, "serviceId"),
            (#"{"serviceId":"x","record":[]}"#, "record"),
            (#"{"serviceId":"x","record":{"type":"A"}}"#, "record.values"),
            (#"{"serviceId":"x","record":{"type":"TXT","values":[]}}"#, "record.type"),
            (#"{"serviceId":"x","record":{"type":"A","values":["1",2]}}"#, "record.values[1]"),
            (#"{"serviceId":"x","record":{"type":"A","values":["123456"]}}"#, "record.values[0]"),
            (#"{"serviceId":"x","record":{"type":"A","values":["1","2","3"]}}"#, "record.values"),
            (#"{"serviceId":"x","record":{"type":"A","values":[],"ttl":29}}"#, "record.ttl"),
            (#"{"serviceId":"x","record":{"type":"A","values":[],"ttl":30.5}}"#, "record.ttl"),
            (#"{"serviceId":"x","amountUsd":10.255}"#, "amountUsd"),
            (#"{"serviceId":"x","amountUsd":-1}"#, "amountUsd"),
            (#"{"serviceId":"x","amountUsd":"ten"}"#, "amountUsd"),
            (#"{"serviceId":"x","amountUsd":1e30}"#, "amountUsd"),
            (#"{"serviceId":"x","enabled":"yes"}"#, "enabled"), (#"{"serviceId":"x","since":"soon"}"#, "since"),
            (#"{"serviceId":"x","country":"pt"}"#, "country"), (#"{"serviceId":"x","country":"PRT"}"#, "country"),
            (#"{"serviceId":"x","configuration":[]}"#, "configuration"),
        ])
    func doesNotFit(_ json: String, _ field: String) throws {
        #expect(try fault(json) == field)
    }

    @Test("Values go to the domain and back with all their digits")
    func numbers() throws {
        let json = try JSON.parse(#"{"a":0.07,"b":25.1,"c":9007199254740993,"d":[true,null,"x",1e-7],"e":{}}"#)
        #expect(JSON(JSONValue(json)) == json)
        #expect(JSONValue(json)["a"]?.digits == "0.07")
        #expect(JSONValue(json)["b"]?.digits == "25.1")
        #expect(JSONValue(json)["c"]?.integer == 9_007_199_254_740_993)
    }

    @Test("Two spellings of one input are the same request")
    func canonical() throws {
        let one = try JSON.parse(#"{"b":1.0,"a":{"y":null,"x":[2]}}"#)
        let other = try JSON.parse(#"{"a":{"x":[2.0]},"b":1,"c":null}"#)
        #expect(one.canonical.render() == other.canonical.render())
        #expect(one.canonical.render() != (try JSON.parse(#"{"b":1,"a":{"x":[3]}}"#)).canonical.render())
    }

    @Test("Where a list goes on is told in letters that only a list understands")
    func marks() throws {
        let id = ID(high: 7, low: 9)
        let mark = try #require(PageMark.text(id))
        #expect(!mark.contains(id.uuid))
        #expect(try ToolInput(["cursor": .string(mark)]).cursorID == id)
        #expect(throws: Refusal.self) { try ToolInput(["cursor": .string(mark)]).cursorNumber }
        for strange in ["", "abc", id.uuid, "dj EgMQ"] {
            #expect(throws: Refusal.self) { try ToolInput(["cursor": .string(strange)]).cursor }
        }
    }
}
