using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Tests.Control;

public sealed class ConfigAlterationTests
{
    private const sbyte Set = 0;
    private const sbyte Delete = 1;
    private const sbyte Append = 2;
    private const sbyte Subtract = 3;

    private readonly ConfigAlteration _alteration = new(new Rules());

    private static ClusterImage Image { get; } = ClusterDelta.Of(ClusterImage.Empty, [Record("g", "list", "a,b"), Record("g", "number", "1")]).After;

    [Fact]
    public void Incremental_SetAndDelete_BecomeRecordsOfWhatChanges()
    {
        var decision = Incremental(("number", Delete, "ignored"), ("other", Set, "x"), ("list", Set, "a,b"));

        Assert.Equal(ErrorCode.None, Assert.Single(decision.Reply.Responses).ErrorCode);
        Assert.Equal([("other", "x"), ("number", null)], Told(decision.Records));
    }

    [Theory]
    [InlineData("list", Append, "c, a ,d", "a,b,c,d")]
    [InlineData("list", Subtract, "a,z", "b")]
    [InlineData("list", Subtract, "a,b", "")]
    [InlineData("other.list", Append, "y", "inherited,y")]
    [InlineData("other.list", Subtract, "inherited", "")]
    public void Incremental_OnAList_AddsAndTakesEntries(string name, sbyte operation, string value, string expected) =>
        Assert.Equal([(name, expected)], Told(Incremental((name, operation, value)).Records));

    [Theory]
    [InlineData("list", Append, "b")]
    [InlineData("list", Subtract, "z")]
    [InlineData("none", Delete, null)]
    [InlineData("number", Set, "1")]
    public void Incremental_ThatChangesNothing_DecidesNothing(string name, sbyte operation, string? value)
    {
        var decision = Incremental((name, operation, value));

        Assert.Equal(ErrorCode.None, decision.Reply.Responses[0].ErrorCode);
        Assert.Empty(decision.Records);
    }

    [Theory]
    [InlineData("number", Set, null, ErrorCode.InvalidRequest, "without a value")]
    [InlineData("list", Append, null, ErrorCode.InvalidRequest, "without a value")]
    [InlineData("list", Subtract, null, ErrorCode.InvalidRequest, "without a value")]
    [InlineData("number", Append, "1", ErrorCode.InvalidConfig, "not a list")]
    [InlineData("number", Subtract, "1", ErrorCode.InvalidConfig, "not a list")]
    [InlineData("number", 4, "1", ErrorCode.InvalidRequest, "no operation")]
    [InlineData("number", -1, "1", ErrorCode.InvalidRequest, "no operation")]
    [InlineData("number", Set, "wrong", ErrorCode.InvalidConfig, "refused")]
    public void Incremental_WrongChange_IsRefusedWithTheWholeResource(string name, sbyte operation, string? value, ErrorCode error, string why)
    {
        var decision = Incremental(("other", Set, "x"), (name, operation, value));

        AssertRefused(decision.Reply.Responses[0].ErrorCode, decision.Reply.Responses[0].ErrorMessage, error, why);
        Assert.Empty(decision.Records);
    }

    [Fact]
    public void Incremental_SettingGivenTwice_IsRefused()
    {
        var decision = Incremental(("number", Set, "1"), ("number", Delete, null));

        AssertRefused(decision.Reply.Responses[0].ErrorCode, decision.Reply.Responses[0].ErrorMessage, ErrorCode.InvalidRequest, "more than once");
    }

    [Fact]
    public void Incremental_TooLongAValue_IsRefused()
    {
        var decision = Incremental(("other", Set, new string('x', ConfigAlteration.ValueLengthMax + 1)));

        AssertRefused(decision.Reply.Responses[0].ErrorCode, decision.Reply.Responses[0].ErrorMessage, ErrorCode.InvalidConfig, "at most 32767");
        Assert.Single(Incremental(("other", Set, new string('x', ConfigAlteration.ValueLengthMax))).Records);
    }

    [Fact]
    public void Incremental_ResourceGivenTwice_IsAnsweredOnceAndTheOthersAreChanged()
    {
        var request = new IncrementalAlterConfigsRequest { Resources = [Resource("g", ("a", Set, "1")), Resource("h", ("a", Set, "1")), Resource("g", ("b", Set, "1"))] };

        var decision = _alteration.Decide(Image, request);

        Assert.Equal([("g", ErrorCode.InvalidRequest), ("h", ErrorCode.None)], decision.Reply.Responses.Select(each => (each.ResourceName, each.ErrorCode)));
        Assert.Equal(["h"], decision.Records.Cast<ConfigRecord>().Select(record => record.ResourceName));
    }

    [Fact]
    public void Incremental_ResourceThatCannotHaveSettings_IsRefused()
    {
        var decision = _alteration.Decide(Image, new IncrementalAlterConfigsRequest { Resources = [Resource("", ("a", Set, "1"))] });

        AssertRefused(decision.Reply.Responses[0].ErrorCode, decision.Reply.Responses[0].ErrorMessage, ErrorCode.InvalidRequest, "no name");
    }

    [Fact]
    public void Incremental_ThatIsOnlyToBeLookedAt_DecidesNothingAndSaysTheSame()
    {
        var request = new IncrementalAlterConfigsRequest { ValidateOnly = true, Resources = [Resource("g", ("a", Set, "1")), Resource("h", ("a", Set, "wrong"))] };

        var decision = _alteration.Decide(Image, request);

        Assert.Equal([ErrorCode.None, ErrorCode.InvalidConfig], decision.Reply.Responses.Select(each => each.ErrorCode));
        Assert.Empty(decision.Records);
    }

    [Fact]
    public void Replacement_WhatIsNotGiven_IsTakenBack()
    {
        var decision = _alteration.Decide(Image, Replacement(("other", "x"), ("number", "1")));

        Assert.Equal(ErrorCode.None, decision.Reply.Responses[0].ErrorCode);
        Assert.Equal([("other", "x"), ("list", null)], Told(decision.Records));
        Assert.Equal(2, _alteration.Decide(Image, Replacement()).Records.Count);
    }

    [Fact]
    public void Replacement_WrongValueOrNone_IsRefused()
    {
        var wrong = _alteration.Decide(Image, Replacement(("number", "wrong")));
        var missing = _alteration.Decide(Image, Replacement(("number", null), ("other", null), ("list", "a")));
        var twice = _alteration.Decide(Image, Replacement(("number", "1"), ("number", "2")));

        AssertRefused(wrong.Reply.Responses[0].ErrorCode, wrong.Reply.Responses[0].ErrorMessage, ErrorCode.InvalidConfig, "refused");
        AssertRefused(missing.Reply.Responses[0].ErrorCode, missing.Reply.Responses[0].ErrorMessage, ErrorCode.InvalidRequest, "number, other is given without");
        AssertRefused(twice.Reply.Responses[0].ErrorCode, twice.Reply.Responses[0].ErrorMessage, ErrorCode.InvalidRequest, "more than once");
        Assert.Empty(wrong.Records.Concat(missing.Records).Concat(twice.Records));
    }

    [Fact]
    public void Replacement_ThatIsOnlyToBeLookedAt_DecidesNothing()
    {
        var request = Replacement(("other", "x"));
        request.ValidateOnly = true;

        Assert.Empty(_alteration.Decide(Image, request).Records);
    }

    private static void AssertRefused(ErrorCode actual, string? message, ErrorCode error, string why)
    {
        Assert.Equal(error, actual);
        Assert.Contains(why, message, StringComparison.Ordinal);
        Assert.EndsWith(".", message, StringComparison.Ordinal);
    }

    private static IEnumerable<(string Name, string? Value)> Told(IEnumerable<IMetadataRecord> records) => records.Cast<ConfigRecord>().Select(record => (record.Name, record.Value));

    private static ConfigRecord Record(string group, string name, string value) =>
        new() { ResourceType = ConfigResourceType.Group, ResourceName = group, Name = name, Value = value };

    private static IncrementalAlterConfigsRequest.AlterConfigsResource Resource(string group, params (string Name, sbyte Operation, string? Value)[] changes) => new()
    {
        ResourceType = ConfigResourceType.Group,
        ResourceName = group,
        Configs = [.. changes.Select(change => new IncrementalAlterConfigsRequest.AlterableConfig { Name = change.Name, ConfigOperation = change.Operation, Value = change.Value })],
    };

    private static AlterConfigsRequest Replacement(params (string Name, string? Value)[] settings) => new()
    {
        Resources =
        [
            new AlterConfigsRequest.AlterConfigsResource
            {
                ResourceType = ConfigResourceType.Group,
                ResourceName = "g",
                Configs = [.. settings.Select(setting => new AlterConfigsRequest.AlterableConfig { Name = setting.Name, Value = setting.Value })],
            },
        ],
    };

    private Decision<IncrementalAlterConfigsResponse> Incremental(params (string Name, sbyte Operation, string? Value)[] changes) =>
        _alteration.Decide(Image, new IncrementalAlterConfigsRequest { Resources = [Resource("g", changes)] });

    /// <summary>Lists have a name with "list" in it, and the value "wrong" is wrong.</summary>
    private sealed class Rules : IConfigRules
    {
        public ConfigFault? FaultOf(ClusterImage image, ConfigResource resource) =>
            resource.Name.Length == 0 ? new ConfigFault(ErrorCode.InvalidRequest, "There is no name.") : null;

        public bool IsList(ConfigResource resource, string name) => name.Contains("list", StringComparison.Ordinal);

        public string? Inherited(ConfigResource resource, string name) => "inherited";

        public ConfigFault? FaultOf(ClusterImage image, ConfigResource resource, IReadOnlyDictionary<string, string> after, IReadOnlyCollection<string> changed) =>
            changed.Any(name => after[name] == "wrong") ? new ConfigFault(ErrorCode.InvalidConfig, "The value is refused.") : null;
    }
}
