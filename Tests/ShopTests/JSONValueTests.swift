import Domain
import Foundation
import Testing

@Suite("Values whose shape only buyers and provisioners know")
struct JSONValueTests {
    @Test("A value comes back from its letters as it was")
    func comesBack() throws {
        let value: JSONValue = [
            "domainName": "launchpad.com", "periodYears": 1, "autoRenew": true, "share": .number(0.25),
            "nothing": nil, "list": ["a", 2],
        ]
        #expect(try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value)) == value)
    }
}
