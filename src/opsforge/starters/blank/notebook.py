# %% [markdown]
# # {project}

# %%
