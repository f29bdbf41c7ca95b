using Spate.Cli.Records;

namespace Spate.Cli.Tests.Records;

public sealed class TemplateTests
{
    [Fact]
    public void Fields_letters_and_escapes_are_told_apart() =>
        Assert.Equal(
            [(false, "{\"a\":"), (true, "n"), (false, "}\t100%\n\\")],
            Template.Parse("{\"a\":%{n}}\\t100%%\\n\\\\", static name => name == "n").Parts);

    [Fact]
    public void A_percent_sign_before_a_letter_is_itself() => Assert.Equal([(false, "50%x")], Template.Parse("50%x", static _ => true).Parts);

    [Theory]
    [InlineData("%{nn}", "There is no field '%{nn}'.")]
    [InlineData("a%{n", "'%{n' has no '}'.")]
    public void A_field_that_is_not_known_or_not_ended_is_named(string text, string fault) =>
        Assert.Equal(fault, Assert.Throws<FormatException>(() => Template.Parse(text, static name => name == "n")).Message);
}
