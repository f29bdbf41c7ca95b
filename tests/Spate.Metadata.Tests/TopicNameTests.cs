namespace Spate.Metadata.Tests;

public sealed class TopicNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("A.b_c-9")]
    [InlineData("...")]
    [InlineData("__consumer_offsets")]
    [InlineData("-")]
    public void Fault_LegalName_IsNull(string name) => Assert.Null(TopicName.Fault(name));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("ünï")]
    [InlineData("a\0")]
    [InlineData("a\n")]
    [InlineData("a:b")]
    [InlineData("__cluster_metadata")]
    public void Fault_IllegalName_SaysWhy(string name) => Assert.EndsWith(".", TopicName.Fault(name), StringComparison.Ordinal);

    [Fact]
    public void Fault_LongestName_IsNullAndOneMoreIsNot()
    {
        Assert.Null(TopicName.Fault(new string('x', 249)));
        Assert.Contains("250", TopicName.Fault(new string('x', 250)), StringComparison.Ordinal);
    }

    [Fact]
    public void CollisionForm_DotAndUnderscore_AreTheSame()
    {
        Assert.Equal(TopicName.CollisionForm("a.b_c"), TopicName.CollisionForm("a_b.c"));
        Assert.NotEqual(TopicName.CollisionForm("a.b"), TopicName.CollisionForm("a-b"));
    }

    [Theory]
    [InlineData("__consumer_offsets", true)]
    [InlineData("__transaction_state", true)]
    [InlineData("__share_group_state", true)]
    [InlineData("__consumer_offsets2", false)]
    public void IsInternal_NamesThatTheBrokerWrites_AreInternal(string name, bool isInternal) => Assert.Equal(isInternal, TopicName.IsInternal(name));
}
