// A secret that need not be set: without it there is nothing of that name, where workerd by itself has `null`.

export default ({ value }) => value ?? undefined;
