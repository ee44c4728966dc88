import Domain
import Testing

@Suite struct CodeTests {
    @Test func swift() async throws {
        let text = #"""
            import Foundation
            import Domain

            /// A bridge over water.
            /// Two lines of comment.
            @MainActor
            public final class Bridge: Crossing {
                let name = "} not the end {"

                /// Walks over it, slowly.
                @discardableResult public func walk(
                    from start: Int,
                    to end: Int
                ) -> Int where Int: Sendable {
                    /* func nothing() { */
                    return end - start
                }

                init(name: String) {
                    self.name = """
                        func neither() {
                        """
                }
            }

            extension Bridge.Arch: Sendable {}

            func top(level: Int, of words: String) -> Int { level + words.count + level + words.count }
            """#
        let cuttings = try await Desk.syntactic(text, "a.swift", 60)
        #expect(
            cuttings.headings == ["", "Bridge", "Bridge › walk", "Bridge › init", "Bridge.Arch", "top"])
        #expect(cuttings[1].text.hasPrefix("/// A bridge over water.\n"))
        #expect(cuttings[2].text.hasPrefix("    /// Walks over it, slowly.\n"))
        #expect(cuttings.map(\.line) == [1, 4, 10, 19, 26, 28])
        #expect(cuttings.ink == Desk.ink(text))
    }

    @Test func python() async throws {
        let text = #"""
            import os
            from typing import List, Dict, Optional

            @decorate(name="x")
            class Bridge(Base):
                """It has a
            def nothing(): in its words.
                """

                async def walk(self, start,
                               end):
                    if start:
                        return [
                            end,
                        ]

                # About it.
                @property
                def name(self):
                    return "Rialto, the bridge"

            def top(level):
                return level + level + level + level
            """#
        let found = try await Desk.headings(text, "a.py")
        #expect(found == ["", "Bridge", "Bridge › walk", "Bridge › name", "top"])
    }

    @Test func javaScript() async throws {
        let text = #"""
            import { a } from "a";
            const table = { one: 1, two: 2, three: 3, four: 4, five: 5 };

            /** Says it, to everybody in the room. */
            export async function say(words) {
              return `${words} {`.replace(/["{]/g, "");
            }

            export const shout = async (words) => {
              await say(words.toUpperCase() + "!!!!!!!!!!!!!!!!!!!");
            };

            export default class Room extends House {
              constructor(name) { super(name); this.name = name; this.words = []; }
              get size() { return this.walls * this.walls * this.floors * this.floors; }
              async open(door) {
                if (door) { await door.open({ slowly: true, loudly: false }); }
              }
            }
            interface Door { open(options: Options): Promise<void>; readonly wide: boolean; name: string }
            """#
        let found = try await Desk.headings(text, "a.ts")
        #expect(
            found
                == ["", "say", "shout", "Room › constructor", "Room › size", "Room › open", "Door"])
    }

    @Test func aTypeThatFitsStaysWhole() async throws {
        let text = "struct A {\n    func one() {}\n\n    func two() {}\n}\n\n" + "struct B { let words: String }\n"
        #expect(try await Desk.headings(text, "a.swift", 512) == ["A … B"])
    }
}
