using Spate.Protocol.Generator.Parsing;

namespace Spate.Protocol.Tests.Generator;

/// <summary>What is wrong in a schema is said with its line.</summary>
public class SchemaParserTests
{
    [Theory]
    [InlineData("api 1 Fetch", 1, "an API is written: api KEY NAME VERSIONS [flexible N+] [listeners A,B]")]
    [InlineData("message A 3+", 1, "'3+' is no range of versions such as 0-3")]
    [InlineData("message A 0-3 flexible 9+", 1, "'9+' is no value for flexible")]
    [InlineData("message A 0-3 flexible", 1, "'flexible' needs a value")]
    [InlineData("message A 0 colour red", 1, "'colour' is not known here; expected flexible, type or listeners")]
    [InlineData("message A 0 type 4", 1, "a message has a type exactly when its file names a family")]
    [InlineData("thing A 0", 1, "'thing' begins nothing; expected api, request, response, family or message")]
    [InlineData("request", 1, "'request' stands before its api line")]
    [InlineData("# fine\n\n  Name string", 3, "a field stands outside a message")]
    [InlineData("message A 0-3\n  Name", 2, "a field is written: NAME TYPE [VERSIONS] [= DEFAULT] [tag N] [ignorable] [plain]")]
    [InlineData("message A 0-3\n  name string", 2, "'name' is no name: letters and digits, a capital first")]
    [InlineData("message A 0-3\n  Name int128", 2, "'int128' is no type")]
    [InlineData("message A 0-3\n  Name string\n  Name int8", 3, "there is a field Name already")]
    [InlineData("message A 0-3\n  Name string 4+", 2, "versions 4+ reach beyond the 0-3 around them")]
    [InlineData("message A 0-3\n  Name string 2-9", 2, "versions 2-9 reach beyond the 0-3 around them")]
    [InlineData("message A 0-3\n  Name string 3-2", 2, "'3-2' is no range of versions such as 3, 3-5 or 3+")]
    [InlineData("message A 0-3\n  Name string?1+ 2+", 2, "null in 1+ reaches beyond the 2-3 of the field")]
    [InlineData("message A 0-3\n  Count int32?", 2, "int32 cannot be null")]
    [InlineData("message A 0-3\n  Flags bool[]", 2, "arrays of bool are not known")]
    [InlineData("message A 0-3\n  Name string sideways", 2, "'sideways' is not known here; expected = DEFAULT, tag N, ignorable or plain")]
    [InlineData("message A 0-3\n  Count int8 = 300", 2, "'300' is no default for this type, or is the type's own default")]
    [InlineData("message A 0-3\n  Name string = null", 2, "'null' is no default for this type, or is the type's own default")]
    [InlineData("message A 0-3\n  Count int32 tag 0", 2, "a tagged field needs flexible versions, and 0-3 are not all")]
    [InlineData("message A 0 flexible 0+\n  B int8 tag 0\n  C int8 tag 0", 3, "tag 0 is taken")]
    [InlineData("message A 0 flexible 0+\n  R records tag 0", 2, "records cannot stand in a tagged field")]
    [InlineData("message A 0\n   Name string", 2, "a field is indented by two blanks more than what it belongs to")]
    [InlineData("message A 0\n  Name string\n      Deep int8", 3, "a field is indented by two blanks more than what it belongs to")]
    [InlineData("message A 0\n  Name string\n    Inner int8", 3, "Name has no fields of its own")]
    [InlineData("message A 0\n  Things Thing[]", 2, "Thing is no known type, and no fields follow that would spell it out")]
    [InlineData("message A 0\n  Things Thing[]\n    X int8\n  More Thing[]\n    Y int8", 5, "Thing is spelt out already")]
    [InlineData("message A 0\n  Things Thing[]\n    Inner Thing[]", 3, "Thing would contain itself")]
    [InlineData("message A 0\n  Thing Thing\n    X int8", 2, "Thing names a structure and something else in the same place")]
    [InlineData("message A 0\n  One Thing?\n    X int8", 2, "a structure may be null exactly when null is its default")]
    [InlineData("api 1 Fetch 0-3\nrequest", 1, "an API has a request and a response")]
    [InlineData("api 1 Fetch 0-3\nrequest\nrequest\nresponse", 3, "the API has a request already")]
    public void Parse_WrongLine_IsReportedWhereItStands(string text, int line, string expected)
    {
        var errors = SchemaParser.Parse(text).Errors;

        var error = Assert.Single(errors, error => error.Text == expected);
        Assert.Equal(line, error.Position.Line + 1);
        Assert.Equal(text.Split('\n').Take(line - 1).Sum(before => before.Length + 1) + error.Position.Column, error.Position.Start);
    }

    [Fact]
    public void Parse_SeveralWrongLines_ReportsAll()
    {
        var errors = SchemaParser.Parse("message A 0\n  B what\n  C int8 7+\n").Errors;

        Assert.Equal([1, 2], errors.Select(error => error.Position.Line));
    }

    [Fact]
    public void Parse_StructureUsedMoreWidelyThanWhereItIsSpeltOut_HasTheWiderVersions()
    {
        var message = SchemaParser.Parse("message A 0-5\n  New Thing[] 3+\n    X int8\n    Y int8 4+\n  Old Thing[] 0-2\n").Messages.Single();

        var thing = message.Structs.Single();

        Assert.Equal("0-5", thing.Reach.ToString());
        Assert.Equal(["0-5", "4-5"], thing.Fields.Select(field => field.Versions.ToString()));
        Assert.Equal(["New", "Thing.X", "Thing.Y", "Thing.tagged fields", "Old", "tagged fields"], message.Paths);
    }
}
