using Spate.Metadata.Control;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Tests.Control;

public sealed class TopicDeletionTests
{
    private static readonly Uuid Stranger = Uuid.NewRandom(new Random(99));

    [Fact]
    public void Decide_ByName_RemovesByTheIdOfTheTopic()
    {
        var image = Topics.Image("a", "b");

        var decision = TopicDeletion.Decide(image, new DeleteTopicsRequest { TopicNames = ["a"] });

        Assert.Equal(("a", image.TopicsByName["a"].Id, ErrorCode.None), Told(Assert.Single(decision.Reply.Responses)));
        Assert.Equal(image.TopicsByName["a"].Id, Assert.IsType<RemoveTopicRecord>(Assert.Single(decision.Records)).TopicId);
    }

    [Fact]
    public void Decide_ById_TellsTheName()
    {
        var image = Topics.Image("a");

        var decision = TopicDeletion.Decide(image, States((null, image.TopicsByName["a"].Id)));

        Assert.Equal(("a", image.TopicsByName["a"].Id, ErrorCode.None), Told(Assert.Single(decision.Reply.Responses)));
    }

    [Fact]
    public void Decide_WhatIsNotThereOrNotNamed_IsRefusedEach()
    {
        var image = Topics.Image("a");

        var decision = TopicDeletion.Decide(image, States(("none", Uuid.Zero), (null, Stranger), (null, Uuid.Zero), ("a", image.TopicsByName["a"].Id)));

        Assert.Equal(
            [ErrorCode.UnknownTopicOrPartition, ErrorCode.UnknownTopicId, ErrorCode.InvalidRequest, ErrorCode.InvalidRequest],
            decision.Reply.Responses.Select(each => each.ErrorCode));
        Assert.Empty(decision.Records);
    }

    [Fact]
    public void Decide_SameNameTwice_IsRefusedOnceAndNothingIsDeleted()
    {
        var decision = TopicDeletion.Decide(Topics.Image("a", "b"), new DeleteTopicsRequest { TopicNames = ["a", "b", "a"] });

        Assert.Equal([("a", ErrorCode.InvalidRequest), ("b", ErrorCode.None)], decision.Reply.Responses.Select(each => (each.Name, each.ErrorCode)));
        Assert.Single(decision.Records);
    }

    [Fact]
    public void Decide_NameAndIdOfOneTopic_AreBothRefusedAndNothingIsDeleted()
    {
        var image = Topics.Image("a");

        var decision = TopicDeletion.Decide(image, States(("a", Uuid.Zero), (null, image.TopicsByName["a"].Id)));

        Assert.Equal([ErrorCode.InvalidRequest, ErrorCode.InvalidRequest], decision.Reply.Responses.Select(each => each.ErrorCode));
        Assert.Empty(decision.Records);
    }

    private static DeleteTopicsRequest States(params (string? Name, Uuid Id)[] topics) =>
        new() { Topics = [.. topics.Select(topic => new DeleteTopicsRequest.DeleteTopicState { Name = topic.Name, TopicId = topic.Id })] };

    private static (string? Name, Uuid Id, ErrorCode Error) Told(DeleteTopicsResponse.DeletableTopicResult result) => (result.Name, result.TopicId, result.ErrorCode);
}
