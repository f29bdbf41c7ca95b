using System.CommandLine;
using Spate.Cli.Grammar;
using Spate.Cli.Running;
using Spate.Cli.Tests.Harness;

namespace Spate.Cli.Tests.Grammar;

public sealed class CommandLineTests
{
    private const int Usage = 2;

    [Fact]
    public async Task A_verb_that_is_not_there_is_answered_with_the_nearest_one() =>
        (await SpateInProcess.RunAsync("topcis", "list")).Failed(Usage, "no verb 'topcis' in 'spate'", "the nearest is 'topics'", "'spate --help'");

    [Fact]
    public async Task A_verb_below_another_that_is_not_there_is_answered_with_the_nearest_one() =>
        (await SpateInProcess.RunAsync("topics", "lisst")).Failed(Usage, "no verb 'lisst' in 'spate topics'", "the nearest is 'list'", "'spate topics --help'");

    [Fact]
    public async Task A_verb_that_needs_another_names_those_there_are() =>
        (await SpateInProcess.RunAsync("topics")).Failed(Usage, "'spate topics' needs a verb", "list, describe, create");

    [Fact]
    public async Task An_option_that_is_not_there_is_answered_with_the_nearest_one() =>
        (await SpateInProcess.RunAsync("topics", "list", "--sever", "localhost:1")).Failed(Usage, "'spate topics list' has no option '--sever'", "the nearest is '--server'");

    [Fact]
    public async Task A_form_of_output_that_is_not_there_is_named() =>
        (await SpateInProcess.RunAsync("topics", "list", "--output", "yaml")).Failed(Usage, "'yaml' is no form of output", "json, table and plain");

    [Theory]
    [InlineData("--timeout", "soon", "'soon' is no length of time")]
    [InlineData("--timeout", "100ms", "1 s at least")]
    public async Task A_time_that_cannot_be_used_is_named(string option, string value, string part) =>
        (await SpateInProcess.RunAsync("topics", "list", option, value)).Failed(Usage, part);

    [Fact]
    public void Every_verb_has_an_example_with_itself_in_it()
    {
        foreach (var command in Leaves(CommandLine.Create(Nowhere())))
        {
            var verb = Assert.IsType<Verb>(command);
            Assert.NotEmpty(verb.Examples);
            Assert.All(verb.Examples, example => Assert.Contains(Verb.PathOf(verb), example, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void One_verb_made_alone_is_the_one_among_all()
    {
        var alone = CommandLine.Create(Nowhere(), only: "topics");
        Assert.Equal("topics", Assert.Single(alone.Subcommands).Name);
        Assert.Equal(
            Leaves(CommandLine.Create(Nowhere()).Subcommands.Single(static verb => verb.Name == "topics")).Select(Verb.PathOf),
            Leaves(alone.Subcommands[0]).Select(Verb.PathOf));
    }

    internal static IEnumerable<Command> Leaves(Command command) => command.Subcommands.Count == 0 ? [command] : command.Subcommands.SelectMany(Leaves);

    internal static Surroundings Nowhere() => new() { Input = Stream.Null, Output = Stream.Null, Error = TextWriter.Null };
}
